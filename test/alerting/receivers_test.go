package alerting

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// office has receivers that fail in different ways, one route each by the tag
// `to`, and steps from one to the next.
var office = map[string]string{
	"hms.yaml": `
thresholds:
  page: {warning: "< 5", critical: "< 2", by: [to, n]}
alerting:
  alertmanager: alertmanager.yml
  receivers:
    - {name: signed, signed_webhooks: [{url: "http://WEB/signed", secrets: [KEY]}]}
  fallbacks:
    - {receiver: refusing, to: backup}
    - {receiver: down, to: backup, after: 1s}
  escalations:
    - {receiver: oncall, after: 1s, to: supervisor}
`,
	"alertmanager.yml": `
route:
  receiver: oncall
  group_by: ["..."]
  group_wait: 0s
  group_interval: 200ms
  repeat_interval: 4h
  routes:
    - {receiver: refusing, matchers: [to="refusing"]}
    - {receiver: down, matchers: [to="down"]}
    - {receiver: slow, matchers: [to="slow"]}
    - {receiver: signed, matchers: [to="signed"]}
receivers:
  - {name: oncall, webhook_configs: [{url: "http://WEB/oncall"}]}
  - {name: supervisor, webhook_configs: [{url: "http://WEB/supervisor"}]}
  - {name: backup, webhook_configs: [{url: "http://WEB/backup"}]}
  - {name: refusing, webhook_configs: [{url: "http://WEB/refusing"}]}
  - {name: down, webhook_configs: [{url: "http://WEB/down"}]}
  - {name: slow, webhook_configs: [{url: "http://WEB/slow"}]}
  - {name: signed}
`,
}

func (s *server) page(to string, n int, value float64) {
	s.t.Helper()
	s.value("page", value, "to", to, "n", fmt.Sprint(n))
}

// What waited while a receiver was down comes in order of severity, the critical
// alerts first, though warnings are older.
func TestAReceiverThatWasDownIsToldInOrderOfSeverity(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, office)
	to.answer("/signed", status(http.StatusServiceUnavailable))
	s.start()
	const each = 4
	for n := range each {
		s.page("signed", n, 4)
	}
	for n := range each {
		s.page("signed", each+n, 1)
	}
	s.await("all wait", func() bool { return len(s.deliveries("receiver=signed&state=pending")) == 2*each })
	s.kill() // what waits outlives that as well
	s.start()
	quiet(t, time.Second)
	if got := to.messages("/signed"); len(got) > 0 {
		t.Fatalf("a receiver that is down was told: %v", got)
	}
	to.answer("/signed", nil)
	to.await("/signed", 2*each)
	quiet(t, 500*time.Millisecond)
	got := to.told("/signed")
	if len(got) != 2*each || slices.ContainsFunc(got[:each], func(m string) bool { return !strings.Contains(m, "/critical") }) {
		t.Errorf("was told in this order: %s", strings.Join(got, "; "))
	}
	for _, d := range s.deliveries("receiver=signed") {
		if d.State != "delivered" || d.Tries < len(d.Attempts) || d.Attempts[len(d.Attempts)-1].Outcome != "delivered" {
			t.Errorf("the proof of a delivery: %+v", d)
		}
	}
}

func TestASlowReceiverDelaysNoOther(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, office)
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	to.answer("/slow", func(http.ResponseWriter, *http.Request) { <-end })
	s.start()
	s.page("slow", 0, 1)
	s.await("the slow receiver is at it", func() bool { return len(s.deliveries("receiver=slow&state=pending")) == 1 })
	for n := range 20 {
		s.page("slow", 1+n, 1)
		begun := time.Now()
		s.page("", n, 1)
		came := to.await("/oncall", n+1)[n].when
		if took := came.Sub(begun); took > 5*time.Second {
			t.Errorf("beside a slow receiver another one was told after %s", took)
		}
	}
	if got := s.deliveries("receiver=slow&state=pending"); len(got) != 21 {
		t.Errorf("%d messages wait for the slow receiver, want 21", len(got))
	}
}

func TestADeadLetterIsListedAndSentAgainWhenAskedFor(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, office)
	to.answer("/refusing", status(http.StatusBadRequest))
	s.start()
	s.page("refusing", 1, 1)
	// Nobody else got it, so the fallback does, and is told of the end as well.
	to.await("/backup", 1)
	dead := s.deliveries("state=dead")
	if len(dead) != 1 || dead[0].Receiver != "refusing" || dead[0].Attempts[0].Outcome != "rejected" || !strings.Contains(dead[0].Attempts[0].Error, "400") {
		t.Fatalf("the dead letters: %+v", dead)
	}
	s.restart()
	if status, answer := s.call(http.MethodPost, "/api/deliveries/nothing/retry", ""); status != http.StatusNotFound {
		t.Errorf("the retry of nothing was answered %d: %s", status, answer)
	}
	to.answer("/refusing", nil)
	if status, answer := s.call(http.MethodPost, "/api/deliveries/"+dead[0].ID+"/retry", ""); status != http.StatusOK {
		t.Fatalf("the retry was answered %d: %s", status, answer)
	}
	to.await("/refusing", 1)
	s.await("the letter is no longer dead", func() bool {
		return len(s.deliveries("state=dead")) == 0 && len(s.deliveries("receiver=refusing&state=delivered")) == 1
	})
	if status, answer := s.call(http.MethodPost, "/api/deliveries/"+dead[0].ID+"/retry", ""); status != http.StatusConflict {
		t.Errorf("the retry of what is delivered was answered %d: %s", status, answer)
	}
	quiet(t, 500*time.Millisecond)
	same(t, "the fallback", to.told("/backup"), []string{"firing page/critical n=1 to=refusing"})
	same(t, "the receiver", to.told("/refusing"), []string{"firing page/critical n=1 to=refusing"})
}

func TestAReceiverThatFailsForTooLongHasItsFallbackTold(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, office)
	to.answer("/down", status(http.StatusServiceUnavailable))
	s.start()
	s.page("down", 1, 1)
	to.await("/backup", 1)
	s.kill()
	s.start()
	s.page("down", 1, 9)
	to.await("/backup", 2)
	to.answer("/down", nil)
	to.await("/down", 2)
	quiet(t, 500*time.Millisecond)
	want := []string{"firing page/critical n=1 to=down", "resolved page/critical n=1 to=down"}
	same(t, "the fallback", to.toldOnce("/backup"), want)
	same(t, "the receiver", to.toldOnce("/down"), want)
	if d := s.deliveries("receiver=backup"); len(d) != 2 || d[0].Origin != "fallback" {
		t.Errorf("the fallback's deliveries: %+v", d)
	}
}

func TestWhatNobodyAcknowledgesIsEscalated(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, office)
	s.start()
	s.page("", 1, 1) // nobody acknowledges
	s.page("", 2, 1) // somebody does
	s.page("", 3, 1) // ends by itself
	id := ""
	for _, m := range to.await("/oncall", 3) {
		if strings.Contains(m.says, "n=2") {
			id = m.by[0]
		}
	}
	s.page("", 3, 9)
	if status, answer := s.call(http.MethodPost, "/api/alerts/"+id+"/acknowledge", `{"who":"kim","note":"on it"}`); status != http.StatusOK {
		t.Fatalf("the acknowledgement was answered %d: %s", status, answer)
	}
	s.kill() // and both outlive a kill
	s.start()
	to.await("/supervisor", 1)
	quiet(t, 2*time.Second)
	same(t, "the supervisor", to.toldOnce("/supervisor"), []string{"firing page/critical n=1"})
	acks := read[struct{ Acknowledgements []struct{ Who, Note string } }](s, "/api/acknowledgements").Acknowledgements
	if len(acks) != 1 || acks[0].Who != "kim" || acks[0].Note != "on it" {
		t.Errorf("the acknowledgements: %+v", acks)
	}
}
