package alerting

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// lead gets reports by mail, webhook and signed webhook.
func lead(cron string) map[string]string {
	return map[string]string{
		"hms.yaml": fmt.Sprintf(`
time_zone: America/New_York
language: es
alerting:
  alertmanager: alertmanager.yml
  external_url: https://monitor.example.org
  receivers:
    - {name: leads, signed_webhooks: [{url: "http://WEB/signed", secrets: [KEY]}]}
reports:
  - {name: shift, title: Night shift, type: shift, schedule: %q, time_zone: UTC, language: en, receivers: [leads]}
  - {name: semana, type: week, schedule: "0 7 * * MON", receivers: [leads]}
`, cron),
		"alertmanager.yml": `
global: {smtp_smarthost: "MAIL", smtp_from: "monitor@example.org", smtp_require_tls: false}
route: {receiver: nobody}
receivers:
  - {name: nobody}
  - name: leads
    email_configs: [{to: "ada@example.org", headers: {Subject: "{{ .GroupLabels.alertname }}"}}]
    webhook_configs: [{url: "http://WEB/leads"}]
`,
	}
}

// sendReport sends a report out of turn.
func (s *server) sendReport(name string) (ids []string) {
	s.t.Helper()
	status, answer := s.call(http.MethodPost, "/api/reports/"+name+"/send", "")
	var said struct{ Deliveries []string }
	if err := json.Unmarshal([]byte(answer), &said); status != http.StatusOK || err != nil {
		s.t.Fatalf("POST /api/reports/%s/send was answered %d: %s (%v)", name, status, answer, err)
	}
	return said.Deliveries
}

func TestAReportReachesEveryFormOfReceiver(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, lead("0 6,14,22 * * *"))
	s.start()
	s.ready()
	for range 3 {
		s.value("case.resolved", 1, "caseId", "C<1>", "office", "Boston")
	}
	ids := s.sendReport("semana")
	if len(ids) != 3 {
		t.Fatalf("%d deliveries, want one for each integration: %v", len(ids), ids)
	}
	mail := to.await("email", 1)[0]
	if !regexp.MustCompile(`^Prueba: Resumen de operaciones, lun \d+ \pL+ \d{4}, 00:00 a .*, 00:00 E[DS]T: ningún indicador en advertencia ni crítico$`).MatchString(mail.says) {
		t.Errorf("subject: %s", mail.says)
	}
	for _, want := range []string{"multipart/alternative", `<html lang=3D"es">`, "Horas en America/New_York", "https://monitor.example.org/reports?"} {
		if !strings.Contains(mail.raw, want) {
			t.Errorf("the mail has no %q:\n%s", want, mail.raw)
		}
	}
	var hook struct {
		Report struct {
			Link, TimeZone, Headline string
			Summary                  struct{ From, To int64 }
		}
	}
	for _, at := range []string{"/leads", "/signed"} {
		if err := json.Unmarshal([]byte(to.await(at, 1)[0].raw), &hook); err != nil {
			t.Fatal(err)
		}
		link := fmt.Sprintf("https://monitor.example.org/reports?from=%d&span=own&to=%d", hook.Report.Summary.From, hook.Report.Summary.To)
		if hook.Report.Link != link || hook.Report.TimeZone != "America/New_York" || hook.Report.Headline == "" {
			t.Errorf("%s got %+v", at, hook)
		}
	}
	s.await("the proof of three deliveries", func() bool {
		delivered := 0
		for _, d := range s.deliveries("receiver=leads") {
			if d.State == "delivered" {
				delivered++
			}
		}
		return delivered == 3
	})
	if _, answer := s.call(http.MethodGet, "/api/deliveries?receiver=leads", ""); !strings.Contains(answer, `"report":"semana"`) || !strings.Contains(answer, `"origin":"report"`) {
		t.Errorf("deliveries do not name the report: %s", answer)
	}
	if status, _ := s.call(http.MethodPost, "/api/reports/other/send", ""); status != http.StatusNotFound {
		t.Errorf("a report that is not there was answered %d", status)
	}
}

// The program is killed before a report is due and started again afterwards.
func TestAReportThatWasMissedIsSentOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the next minute but one")
	}
	t.Parallel()
	due := time.Now().UTC().Add(25 * time.Second).Truncate(time.Minute).Add(time.Minute)
	to := newSink(t)
	s := newServer(t, to, lead(fmt.Sprintf("%d %d * * *", due.Minute(), due.Hour())))
	s.start()
	s.ready()
	s.await("the report is known", func() bool {
		_, answer := s.call(http.MethodGet, "/api/reports", "")
		return strings.Contains(answer, fmt.Sprintf(`"next":%d`, due.UnixMilli()))
	})
	quiet(t, time.Second)
	s.kill()
	awaitWithin(t, 2*patience, "the report is due", func() bool { return time.Now().After(due.Add(time.Second)) })
	if n := len(to.messages("email")); n != 0 {
		t.Fatalf("%d mails came from a program that does not run", n)
	}
	s.start()
	mail := to.await("email", 1)[0]
	if want := due.Format("Mon Jan 2, 2006, 15:04") + " UTC"; !strings.HasPrefix(mail.says, "Night shift, ") || !strings.Contains(mail.says, " to "+due.Format("Mon Jan 2")[4:]) {
		t.Errorf("subject %q, want one up to %s", mail.says, want)
	}
	to.await("/leads", 1)
	to.await("/signed", 1)
	for _, again := range []func(){s.restart, func() { s.kill(); s.start() }} {
		again()
		s.ready()
		quiet(t, 3*time.Second)
	}
	for at, n := range map[string]int{"email": 1, "/leads": 1, "/signed": 1} {
		if got := to.distinct(at); len(got) != n {
			t.Errorf("%d reports at %s: %v", len(got), at, to.told(at))
		}
	}
}

func TestCheckNamesFaultsOfReports(t *testing.T) {
	t.Parallel()
	s := newServer(t, newSink(t), lead("0 25 * * *"))
	said, valid := s.check()
	if valid || !strings.Contains(said, "hms.yaml:10:") || !strings.Contains(said, `reports.0.schedule: "0 25 * * *" is no schedule`) {
		t.Errorf("%v: %s", valid, said)
	}
}
