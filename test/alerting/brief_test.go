package alerting

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const rate = "case.resolved.rate"

// everywhere tells four integrations of one receiver of everything.
var everywhere = map[string]string{
	"hms.yaml": `
thresholds:
  case.resolved.rate: {warning: 5, critical: 2}
alerting:
  alertmanager: alertmanager.yml
  receivers:
    - name: all
      sms: [{to: ["+16175550123"], from: "+16175550100", account_sid: AC00000000000000000000000000000000, auth_token: token, base_url: "http://WEB/sms"}]
      signed_webhooks: [{url: "http://WEB/signed", secrets: [KEY]}]
`,
	"alertmanager.yml": `
global: {smtp_smarthost: MAIL, smtp_from: monitor@example.org, smtp_require_tls: false}
route: {receiver: all, group_by: [alertname], group_wait: 0s, group_interval: 200ms, repeat_interval: 4h}
receivers:
  - name: all
    webhook_configs: [{url: "http://WEB/plain"}]
    email_configs: [{to: duty@example.org, send_resolved: true}]
`,
}

func TestAValueBelowCriticalReachesEveryReceiver(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, everywhere)
	s.start()
	s.value(rate, 1)
	for _, at := range []string{"/plain", "/signed", "email", "sms"} {
		m := to.await(at, 1)[0]
		if !strings.Contains(m.raw, rate) || !strings.Contains(m.raw, "ritical") && !strings.Contains(m.raw, "CRITICAL") {
			t.Errorf("%s was told: %s", at, m.raw)
		}
		if at != "/plain" && m.id == "" {
			t.Errorf("the message at %s has nothing that tells a repetition", at)
		}
	}
	same(t, "the webhook", to.told("/plain"), []string{"firing case.resolved.rate/critical"})
	same(t, "the signed webhook", to.told("/signed"), []string{"firing case.resolved.rate/critical"})
	s.await("proof of four deliveries", func() bool { return len(s.deliveries("state=delivered")) == 4 })
	for _, d := range s.deliveries("state=delivered") {
		if len(d.Attempts) != 1 || d.Attempts[0].Outcome != "delivered" || d.Attempts[0].Answer == "" {
			t.Errorf("the proof of a delivery: %+v", d)
		}
	}
}

// Values 6, 4, 1 and 6 of a rule with warning 5 and critical 2: three messages.
func TestOneNotificationForEachChange(t *testing.T) {
	t.Parallel()
	one := func(s *server) {
		for _, v := range []float64{6, 4, 1, 6} {
			s.value(rate, v)
		}
	}
	for name, send := range map[string]func(*server){
		"one by one": one,
		"in the group's interval": func(s *server) {
			for i, v := range []float64{6, 4, 1, 6} {
				s.value(rate, v)
				s.await("the change", func() bool { return len(s.history()) >= i })
				quiet(s.t, 300*time.Millisecond)
			}
		},
		"as an array": func(s *server) {
			var all []string
			for i, v := range []float64{6, 4, 1, 6} {
				all = append(all, eventOf(rate, v, time.Now().Add(time.Duration(i)*time.Millisecond)))
			}
			s.post("[" + strings.Join(all, ",") + "]")
		},
		"as an array of one instant": func(s *server) {
			var all []string
			now := time.Now()
			for _, v := range []float64{6, 4, 1, 6} {
				all = append(all, eventOf(rate, v, now))
			}
			s.post("[" + strings.Join(all, ",") + "]")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := newSink(t)
			s := newServer(t, to, everywhere)
			s.start()
			stream := watch(s)
			send(s)
			for _, at := range []string{"/plain", "/signed", "email", "sms"} {
				to.await(at, 3)
			}
			quiet(t, time.Second) // five times the group's interval: nothing is repeated
			s.restart()
			quiet(t, time.Second)
			want := []string{"firing case.resolved.rate/warning", "firing case.resolved.rate/critical", "resolved case.resolved.rate/critical"}
			same(t, "the webhook", to.told("/plain"), want)
			same(t, "the signed webhook", to.told("/signed"), want)
			for _, at := range []string{"email", "sms"} {
				if got := to.messages(at); len(got) != 3 {
					t.Errorf("%d came by %s: %v", len(got), at, to.told(at))
				}
			}
			changes := []string{rate + " ok>warning", rate + " warning>critical", rate + " critical>ok"}
			same(t, "the history", s.changes(rate), changes)
			same(t, "the stream", stream.changes(rate), changes)
			if ids := idsOf(to.messages("/signed")); len(ids) != 3 {
				t.Errorf("three messages have %d ids: %v", len(ids), ids)
			}
		})
	}
}

// idsOf counts the messages of each id.
func idsOf(all []message) map[string]int {
	ids := map[string]int{}
	for _, m := range all {
		ids[fmt.Sprint(m.at, " ", m.id)]++
	}
	return ids
}
