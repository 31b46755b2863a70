package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

func (b *bench) ask(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	return w
}

func (b *bench) silence(matcher string) string {
	b.t.Helper()
	body, _ := json.Marshal(map[string]any{
		"matchers": []any{map[string]any{"name": "alertname", "value": matcher, "isRegex": false}},
		"startsAt": time.Now(), "endsAt": time.Now().Add(2 * time.Hour), "createdBy": "test", "comment": "works",
	})
	w := b.ask("POST", "/api/v2/silences", string(body))
	var answer struct{ SilenceID string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); w.Code != 200 || err != nil {
		b.t.Fatalf("%d %s", w.Code, w.Body)
	}
	return answer.SilenceID
}

func TestASilenceSurvivesAKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		id := b.silence(rate)
		disk := *b
		disk.silences = b.silences.copy() // what a kill right after the answer leaves
		c := start(t, atOnce, &disk)
		c.change(rate, critical, ok)
		c.change("other", critical, ok)
		equal(t, c.sent(time.Minute), "mail: firing other/critical")
		if w := c.ask("GET", "/api/v2/alerts?silenced=true&active=false", ""); !strings.Contains(w.Body.String(), id) {
			t.Error(w.Body)
		}
		if w := c.ask("DELETE", "/api/v2/silence/"+id, ""); w.Code != 200 {
			t.Error(w.Code, w.Body)
		}
		equal(t, c.sent(time.Minute), "mail: firing case.resolved.rate/critical")
		d := start(t, atOnce, c)
		if w := d.ask("GET", "/api/v2/silences", ""); !strings.Contains(w.Body.String(), `"expired"`) {
			t.Error(w.Body)
		}
	})
}

func TestASilenceThatIsNotStoredIsToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		b.silences.failWith(errors.New("no space left on device"))
		w := b.ask("POST", "/api/v2/silences", `{"matchers":[{"name":"a","value":"b","isRegex":false}],"startsAt":"2000-01-01T00:00:00Z","endsAt":"2000-01-02T00:00:00Z","createdBy":"x","comment":"x"}`)
		if w.Code != http.StatusInternalServerError {
			t.Error(w.Code, w.Body)
		}
		b.silences.failWith(nil)
		b.sent(time.Minute)
		if b.silences.len() != 1 {
			t.Error("the silence was not stored later")
		}
	})
}

func TestStatusHidesSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, `
global: {smtp_smarthost: "localhost:25", smtp_from: a@b.c, smtp_auth_password: hunter2, slack_api_url: "http://127.0.0.1/hunter2"}
route: {receiver: a}
receivers:
- name: a
  webhook_configs: [{url: "http://127.0.0.1/hunter2", http_config: {basic_auth: {username: u, password: hunter2}}}]
  pagerduty_configs: [{routing_key: hunter2}]
  slack_configs: [{channel: "#x"}]
  email_configs: [{to: a@b.c}]
`, nil)
		w := b.ask("GET", "/api/v2/status", "")
		if w.Code != 200 || strings.Contains(w.Body.String(), "hunter2") || !strings.Contains(w.Body.String(), "secret") {
			t.Error(w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "critical") {
			t.Error("the status is not the file as written")
		}
	})
}

func TestAlertsOfOtherSystems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		post := func(value string) {
			w := b.ask("POST", "/api/v2/alerts", `[{"labels":{"alertname":"DiskFull","severity":"page","instance":"db1"},"annotations":{"value":"`+value+`"},"generatorURL":"http://prometheus/graph"}]`)
			if w.Code != 200 {
				t.Error(w.Code, w.Body)
			}
		}
		post("1")
		equal(t, b.sent(time.Second), "mail: firing DiskFull/page")
		for range 30 {
			post("2")
			equal(t, b.sent(time.Minute))
		}
		if len(b.posted) != 1 {
			t.Errorf("%d changes went into the log, want 1", len(b.posted))
		}
		w := b.ask("GET", "/api/v2/alerts", "")
		for _, want := range []string{`"value":"2"`, `"generatorURL":"http://prometheus/graph"`, `"severity":"page"`} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s lacks %s", w.Body, want)
			}
		}
		// The sender goes silent: after resolve_timeout the alert ends.
		equal(t, b.sent(6*time.Minute), "mail: resolved DiskFull/page")
		if len(b.posted) != 2 || b.posted[1].State != ok {
			t.Errorf("%+v", b.posted)
		}
	})
}

func TestStandingAlertsOfOtherSystemsEndAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stands := alert.Transition{Kind: kindExternal, Rule: "DiskFull", State: critical, Previous: ok, At: time.Now().UnixMilli(), Since: time.Now().UnixMilli(),
			Tags: []event.Tag{{Key: "severity", Value: "critical"}}}
		b := start(t, atOnce, nil, stands)
		equal(t, b.sent(10*time.Minute), "mail: firing DiskFull/critical", "mail: resolved DiskFull/critical")
	})
}

func TestPreviewOfASilence(t *testing.T) {
	m, err := ParseMatchers([]string{`alertname=~"case.*"`, `office="Boston"`})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]string{nil, {"=x"}, {`office=~"("`}, {`office=~".*"`}} {
		if _, err := ParseMatchers(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	at := func(rule, office string, state, previous alert.State, ms int64) alert.Transition {
		return alert.Transition{Kind: alert.KindThreshold, Rule: rule, State: state, Previous: previous, At: ms, Tags: []event.Tag{{Key: "office", Value: office}}}
	}
	past := []alert.Transition{
		at("case.rate", "Boston", warning, ok, 1), at("case.rate", "Salem", warning, ok, 2), at("case.rate", "Boston", critical, warning, 3),
		at("load", "Boston", critical, ok, 4), at("case.rate", "Boston", ok, critical, 5), at("case.rate", "Boston", warning, ok, 6),
	}
	if got := Standing(m, past[4:]); len(got) != 1 || got[0].At != 6 {
		t.Errorf("%+v", got)
	}
	found := load(t, atOnce).Hidden(m, past)
	if len(found.Episodes) != 3 || found.Critical != 1 || found.ByRule["case.rate"] != 3 || found.ByReceiver["mail"] != 3 ||
		found.Episodes[0].End != 3 || found.Episodes[1].End != 5 || found.Episodes[2].End != 0 {
		t.Errorf("%+v", found)
	}
}

func TestAmtool(t *testing.T) {
	amtool, err := exec.LookPath("amtool")
	if err != nil {
		t.Skip("amtool is not installed: it comes with the package prometheus-alertmanager")
	}
	b := start(t, atOnce, nil)
	b.change(rate, critical, ok, event.Tag{Key: "office", Value: "Boston"})
	server := httptest.NewServer(b.Handler())
	defer server.Close()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), amtool, append([]string{"--alertmanager.url=" + server.URL}, args...)...)
		var out, faults bytes.Buffer // amtool warns of other versions than its own
		cmd.Stdout, cmd.Stderr = &out, &faults
		if err := cmd.Run(); err != nil {
			t.Fatalf("amtool %s: %v\n%s", strings.Join(args, " "), err, &faults)
		}
		return strings.TrimSpace(out.String())
	}
	waitFor(t, func() bool { return strings.Contains(run("alert", "query"), rate) })
	id := run("silence", "add", "-c", "works", "-a", "test", "office=Boston")
	if got := run("silence", "query"); !strings.Contains(got, id) {
		t.Error(got)
	}
	if got := run("alert", "query", "--silenced"); !strings.Contains(got, rate) {
		t.Error(got)
	}
	run("silence", "expire", id)
	if got := run("silence", "query"); strings.Contains(got, id) {
		t.Error(got)
	}
	if got := run("config", "show"); !strings.Contains(got, "receiver: mail") {
		t.Error(got)
	}
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

func TestTwoServicesInOneProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := start(t, atOnce, nil), start(t, atOnce, nil)
		a.change(rate, critical, ok)
		equal(t, a.sent(time.Second), "mail: firing case.resolved.rate/critical")
		equal(t, b.sent(time.Second))
	})
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		b.change(rate, critical, ok)
		b.sent(time.Second)
		families, err := b.opts.Registry.(*prometheus.Registry).Gather()
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]float64{}
		for _, f := range families {
			for _, m := range f.Metric {
				values[f.GetName()] += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
		if values["hms_notify_transitions"] != 1 || values["hms_notify_stored_entries"] != 1 || values["alertmanager_notifications_total"] != 1 {
			t.Errorf("%v", values)
		}
	})
}

// BenchmarkTold is the time from Take to the outbox.
func BenchmarkTold(b *testing.B) {
	s := start(b, strings.Replace(atOnce, "[alertname]", "['...']", 1), nil)
	told := make(chan struct{}, 1)
	s.outbox.heard = func() { told <- struct{}{} }
	for i := 0; b.Loop(); i++ {
		s.change(rate, critical, ok, event.Tag{Key: "n", Value: string(rune(i + 1000))})
		<-told
	}
}
