package alerting

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// foreign is an alert as Prometheus posts it, again and again.
type foreign struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt,omitzero"`
	GeneratorURL string            `json:"generatorURL"`
}

func (s *server) alert(all ...foreign) {
	s.t.Helper()
	body, err := json.Marshal(all)
	if err != nil {
		s.t.Fatal(err)
	}
	s.await("alerts are taken", func() bool { // 503 until what stood is taken up
		status, _, err := s.try(http.MethodPost, "/api/v2/alerts", string(body))
		return err == nil && status == http.StatusOK
	})
}

var fromOutside = map[string]string{
	"hms.yaml": "alerting: {alertmanager: alertmanager.yml}\n",
	"alertmanager.yml": `
global: {resolve_timeout: 3s}
route:
  receiver: all
  group_by: ["..."]
  group_wait: 0s
  group_interval: 100ms
  repeat_interval: 4h
  routes: [{receiver: disks, matchers: [alertname="DiskFull"]}]
receivers:
  - {name: all, webhook_configs: [{url: "http://WEB/all"}]}
  - {name: disks, webhook_configs: [{url: "http://WEB/disks"}]}
`,
}

func TestAlertsOfOtherSystemsAreRoutedAndOutliveAKill(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, fromOutside)
	s.start()
	begun := time.Now().UTC().Truncate(time.Millisecond)
	disk := func() foreign {
		return foreign{
			Labels: map[string]string{"alertname": "DiskFull", "severity": "critical", "instance": "db1"}, Annotations: map[string]string{"summary": "/var is full"},
			StartsAt: begun, EndsAt: time.Now().Add(4 * time.Second), GeneratorURL: "http://prometheus.example.org/graph?g0.expr=up",
		}
	}
	down := foreign{Labels: map[string]string{"alertname": "Down", "severity": "page", "instance": "web1"}, StartsAt: begun, GeneratorURL: "http://prometheus.example.org/"}
	s.alert(disk(), down)
	to.await("/disks", 1)
	to.await("/all", 1)
	for range 3 {
		s.alert(disk(), down)
		s.kill()
		s.start()
	}
	s.alert(disk(), down)
	type listed struct {
		Labels       map[string]string
		StartsAt     time.Time
		GeneratorURL string
		Status       struct{ State string }
	}
	for _, a := range read[[]listed](s, "/api/v2/alerts?filter=alertname=DiskFull") {
		if !a.StartsAt.Equal(begun) || !strings.Contains(a.GeneratorURL, "g0.expr") || a.Status.State != "active" {
			t.Errorf("the alert is listed as %+v", a)
		}
	}
	quiet(t, 500*time.Millisecond)
	same(t, "told once", append(to.toldOnce("/disks"), to.toldOnce("/all")...), []string{"firing DiskFull/critical instance=db1", "firing Down/page instance=web1"})

	// One sender says that it has ended, the other says nothing any more.
	down.EndsAt = time.Now()
	s.alert(down)
	to.await("/all", 2)
	s.kill()
	s.start()
	to.await("/disks", 2)
	quiet(t, 300*time.Millisecond)
	same(t, "the disks", to.toldOnce("/disks"), []string{"firing DiskFull/critical instance=db1", "resolved DiskFull/critical instance=db1"})
	same(t, "the rest", to.toldOnce("/all"), []string{"firing Down/page instance=web1", "resolved Down/page instance=web1"})
	same(t, "the history of disks", s.changes("DiskFull"), []string{"DiskFull ok>critical map[instance:db1 severity:critical]", "DiskFull critical>ok map[instance:db1 severity:critical]"})
	if got := s.changes("Down"); len(got) != 2 {
		t.Errorf("the history of the other: %v", got)
	}
	if got := read[[]listed](s, "/api/v2/alerts"); len(got) != 0 {
		t.Errorf("alerts are listed after their ends: %+v", got)
	}
}
