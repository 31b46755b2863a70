package alerting

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// threeKinds judges by a KPI's threshold, by a rule file and by a detector.
var threeKinds = map[string]string{
	"hms.yaml": `
thresholds:
  page: {critical: "< 2", by: [n]}
kpis:
  - {name: open.cases, type: backlog, by: [office], thresholds: {critical: "> 2"}}
  - {name: case.sla, type: sla, target: 1h, window: 7d}
alerting:
  rules: [rules/*.yaml]
  detectors:
    - {name: overdue, type: sla_breach, kpi: case.sla}
  alertmanager: alertmanager.yml
  receivers:
    - name: all
      sms: [{to: ["+16175550123"], from: "+16175550100", account_sid: AC00000000000000000000000000000000, auth_token_file: sms.token, base_url: "http://WEB/sms"}]
      signed_webhooks: [{url: "http://WEB/signed", secret_file: hook.secret}]
  escalations:
    - {receiver: all, after: 10m, to: supervisor}
`,
	"sms.token":   "token\n",
	"hook.secret": "KEY\n",
	"mail.secret": mailPassword + "\n",
	"rules/queue.yaml": `
groups:
  - name: queues
    interval: 1s
    rules:
      - alert: QueueLong
        expr: '{"queue.length"} > 10'
        labels: {severity: critical}
        annotations: {summary: '{{ $labels.office }} has {{ $value }} callers'}
      - alert: QueueVeryLong
        expr: '{"queue.length"} > 100'
        labels: {severity: critical}
`,
	"mail.tmpl": `{{ define "mail.subject" }}{{ .CommonLabels.alertname }}{{ end }}`,
	"alertmanager.yml": `
global: {smtp_smarthost: "MAIL", smtp_from: monitor@example.org, smtp_require_tls: false}
templates: [mail.tmpl]
route: {receiver: all, group_by: ["..."], group_wait: 0s, group_interval: 100ms, repeat_interval: 4h}
receivers:
  - name: all
    webhook_configs: [{url: "http://WEB/all"}]
    email_configs:
      - to: duty@example.org
        auth_username: monitor
        auth_password_file: mail.secret
        headers: {Subject: '{{ template "mail.subject" . }}'}
  - name: supervisor
`,
}

func TestEveryKindOfRuleFiresAndEndsOnce(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, threeKinds)
	s.start()
	stream := watch(s)
	for _, id := range []string{"C-1", "C-2", "C-3"} {
		s.value("case.opened", 1, "caseId", id, "office", "north")
	}
	s.post(eventOf("case.opened", 1, time.Now().Add(-2*time.Hour), "caseId", "C-0", "office", "north"))
	s.value("queue.length", 50, "office", "north")
	s.value("queue.length", 500, "office", "south")
	fired := []string{
		"firing QueueLong/critical office=north", "firing QueueLong/critical office=south", "firing QueueVeryLong/critical office=south",
		"firing open.cases/critical", "firing overdue/critical caseId=C-0",
	}
	told := func() []string { return slices.Sorted(slices.Values(to.toldOnce("/all"))) }
	to.await("/all", len(fired))
	for range 2 {
		quiet(t, 1500*time.Millisecond) // longer than the rules' interval
		s.kill()
		s.start()
	}
	quiet(t, 1500*time.Millisecond)
	same(t, "told", told(), fired)

	// A rule that is gone has its alerts ended, and the others stay.
	s.replace("rules/queue.yaml", "      - alert: QueueVeryLong\n        expr: '{\"queue.length\"} > 100'\n        labels: {severity: critical}\n", "")
	if said := s.hup(); !strings.Contains(said, "was reloaded") {
		t.Fatalf("HUP: %s", said)
	}
	to.await("/all", len(fired)+1)
	for _, id := range []string{"C-0", "C-1", "C-2", "C-3"} {
		s.value("case.resolved", 1, "caseId", id, "office", "north")
	}
	s.value("queue.length", 5, "office", "north")
	s.value("queue.length", 5, "office", "south")
	to.await("/all", 2*len(fired))
	s.await("nothing is left to send", func() bool { return len(s.deliveries("state=pending")) == 0 })
	s.kill()
	s.start()
	quiet(t, 1500*time.Millisecond)
	all := slices.Clone(fired)
	for _, m := range fired {
		all = append(all, strings.Replace(m, "firing", "resolved", 1))
	}
	same(t, "told in the end", told(), slices.Sorted(slices.Values(all)))
	for _, rule := range []string{"open.cases", "overdue", "QueueLong", "QueueVeryLong"} {
		same(t, "the stream of "+rule, stream.changes(rule), s.changes(rule))
	}
	for _, rule := range []string{"QueueLong north", "QueueLong south", "QueueVeryLong south", "open.cases ", "overdue "} {
		name, office, _ := strings.Cut(rule, " ")
		checkCourse(t, rule, slices.DeleteFunc(s.history(), func(c transition) bool { return c.Rule != name || office != "" && c.Tags["office"] != office }))
	}
}

// checkCourse: a series fired, was confirmed at most once, and recovered.
func checkCourse(t *testing.T, what string, all []transition) {
	t.Helper()
	var course []string
	for i, c := range all {
		if i == 1 && c.State == "critical" && c.Previous == "critical" && all[0].Provisional && !c.Provisional {
			continue
		}
		course = append(course, c.State)
	}
	same(t, "the history of "+what, course, []string{"critical", "ok"})
}

func TestAFaultyConfigurationIsRefusedAndTheOldOneGoesOn(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, threeKinds)
	if said, valid := s.check(); !valid {
		t.Fatalf("check: %s", said)
	}
	s.start()
	for i, c := range []struct{ name, file, before, after, want string }{
		{"an expression", "rules/queue.yaml", `{"queue.length"} > 100'`, `{"queue.length"} >'`, "queue.yaml:11"},
		{"a rule's template", "rules/queue.yaml", "{{ $value }}", "{{ $values }}", "queue.yaml:6"},
		{"a rule's unknown key", "rules/queue.yaml", "interval: 1s", "intervall: 1s", "queue.yaml:4"},
		{"two rules of one name", "rules/queue.yaml", "- name: queues", "- name: queues\n  - name: queues", "queue.yaml:"},
		{"a template file", "mail.tmpl", "{{ end }}", "", "mail.tmpl"},
		{"a template that is not there", "alertmanager.yml", `"mail.subject"`, `"mail.subjekt"`, "alertmanager.yml:12"},
		{"an address", "alertmanager.yml", "url: \"http://", "url: \"http//", "alertmanager.yml:7"},
		{"a mail server", "alertmanager.yml", to.fill(`"MAIL"`), "localhost", "alertmanager.yml:2"},
		{"a route", "alertmanager.yml", "route: {receiver: all", "route: {receiver: al", "alertmanager.yml:"},
		{"a password file", "alertmanager.yml", "mail.secret", "mail.missing", "alertmanager.yml:11"},
		{"a token file", "hms.yaml", "sms.token", "sms.missing", "hms.yaml:14"},
		{"a secret file", "hms.yaml", "hook.secret", "hook.missing", "hms.yaml:15"},
		{"a secret", "hook.secret", "whsec_", "whsec_?", "hook.secret"},
		{"a text message's template", "hms.yaml", "auth_token_file:", "text: '{{ .Alert }}', auth_token_file:", "hms.yaml:14"},
		{"a number", "hms.yaml", "+16175550123", "617", "hms.yaml:14"},
		{"a step", "hms.yaml", "to: supervisor", "to: super", "hms.yaml:17"},
		{"a receiver", "hms.yaml", "- name: all", "- name: al", "hms.yaml:13"},
		{"a detector", "hms.yaml", "kpi: case.sla}", "kpi: case.slo}", "hms.yaml:10"},
		{"a threshold", "hms.yaml", `{critical: "> 2"}`, `{critical: "> two"}`, "hms.yaml:5"},
		{"a file that is not there", "hms.yaml", "alertmanager: alertmanager.yml", "alertmanager: missing.yml", "hms.yaml:11"},
	} {
		old := s.text(c.file)
		s.replace(c.file, c.before, c.after)
		if said, valid := s.check(); valid || !strings.Contains(said, c.want) {
			t.Errorf("%s: check (valid: %t) does not name %s: %s", c.name, valid, c.want, said)
		}
		if said := s.hup(); !strings.Contains(said, "was not reloaded") || !strings.Contains(said, c.want) {
			t.Errorf("%s: HUP does not name %s: %s", c.name, c.want, said)
		}
		s.write(c.file, old)
		s.value("page", 1, "n", "n"+string(rune('a'+i)))
		to.await("/all", i+1)
		to.await("email", i+1)
		to.await("/signed", i+1)
	}
	if said := s.hup(); !strings.Contains(said, "was reloaded") {
		t.Errorf("HUP of what was there first: %s", said)
	}
}

// Starting and stopping take little also where alerts stand, and messages wait
// for a receiver that is down.
func TestStartAndStopAreQuick(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, threeKinds)
	to.answer("/all", status(503))
	s.start()
	for n := range 50 {
		s.value("page", 1, "n", "n"+string(rune('a'+n)))
	}
	to.await("/signed", 50)
	took := s.stop()
	begun := time.Now()
	s.start()
	t.Logf("stopped in %s, serving again after %s", took, time.Since(begun))
	if started := time.Since(begun); started > 10*time.Second || took > 5*time.Second {
		t.Errorf("stopped in %s, started in %s", took, started)
	}
}
