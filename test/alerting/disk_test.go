package alerting

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/test/smalldisk"
)

// While the disk is too full for events people are told so, and of everything
// else, and may silence it.
func TestAShortDiskIsToldOfAndKeepsNoAlertBack(t *testing.T) {
	t.Parallel()
	disk := smalldisk.Mount(t, "200m")
	to := newSink(t)
	s := newServer(t, to, everywhere)
	s.replace("hms.yaml", "case.resolved.rate: {warning: 5, critical: 2}", `case.resolved.rate: {warning: 5, critical: 2, no_data: {after: 3s, state: critical}}`)
	s.args = []string{"--data-dir", filepath.Join(disk, "data")}
	s.start()
	s.ready()
	s.value(rate, 6)
	remove := smalldisk.Fill(t, disk, 15<<20) // 20 MiB must stay free for events
	if code, said := s.call(http.MethodPost, "/metrics", eventOf(rate, 1, time.Now())); code != http.StatusServiceUnavailable {
		t.Errorf("an event on a full disk: %d %s", code, said)
	}
	to.await("/plain", 2)
	to.await("email", 2)
	told := strings.Join(to.told("/plain"), "; ")
	if !strings.Contains(told, "firing hms.disk/critical") || !strings.Contains(told, "firing case.resolved.rate/critical") {
		t.Errorf("people were told: %s", told)
	}
	silence := `{"matchers": [{"name": "alertname", "value": "x", "isRegex": false}], "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2100-01-01T00:00:00Z", "createdBy": "duty", "comment": "none"}`
	if code, said := s.call(http.MethodPost, "/api/v2/silences", silence); code != http.StatusOK {
		t.Errorf("a silence on a full disk: %d %s", code, said)
	}
	if n := strings.Count(s.logged(), "waits for the event log"); n > 0 {
		t.Errorf("the log says %d times that alerts wait", n)
	}
	remove()
	s.ready()
	to.await("/plain", 3)
	same(t, "the history of the disk", s.changes("hms.disk"), []string{"hms.disk ok>critical", "hms.disk critical>ok"})
}
