package alerting

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// eachAlone makes every series a group of its own, so that each change is a
// message of its own.
var eachAlone = map[string]string{
	"hms.yaml": `
thresholds:
  page: {warning: "< 5", critical: "< 2", by: [n]}
alerting:
  alertmanager: alertmanager.yml
  receivers:
    - {name: all, signed_webhooks: [{url: "http://WEB/signed", secrets: [KEY]}]}
`,
	"alertmanager.yml": `
global: {smtp_smarthost: MAIL, smtp_from: monitor@example.org, smtp_require_tls: false}
route: {receiver: all, group_by: ["..."], group_wait: 0s, group_interval: 100ms, repeat_interval: 4h}
receivers:
  - name: all
    webhook_configs: [{url: "http://WEB/plain"}]
    email_configs:
      - to: duty@example.org
        send_resolved: true
        headers: {Subject: '{{ range .Alerts }}{{ .Status }} {{ .Labels.alertname }}/{{ .Labels.severity }} n={{ .Labels.n }}{{ end }}'}
`,
}

func number(t *testing.T, variable string, otherwise uint64) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(cmp.Or(os.Getenv(variable), strconv.FormatUint(otherwise, 10)), 10, 64)
	if err != nil {
		t.Fatalf("%s must be a number: %v", variable, err)
	}
	return n
}

// killing is a run of rounds, each of which ends with kill -9.
type killing struct {
	t     *testing.T
	s     *server
	to    *sink
	rng   *rand.Rand
	kills int
	next  int            // number of the next series
	want  map[string]int // how the value of a series was left, by n
}

// TestKilledAtAnyMoment: whatever the program was doing when it was killed,
// everybody is told of how each series stands, and nobody of the same under
// two ids.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	rounds := int(number(t, "HMS_ALERTING_ROUNDS", 15))
	seed := number(t, "HMS_ALERTING_SEED", uint64(time.Now().UnixNano()))
	t.Logf("HMS_ALERTING_SEED=%d HMS_ALERTING_ROUNDS=%d", seed, rounds)
	k := &killing{t: t, to: newSink(t), rng: rand.New(rand.NewPCG(seed, 0)), want: map[string]int{}}
	k.s = newServer(t, k.to, eachAlone)
	k.s.start()
	moments := []func(){k.anyMoment, k.whileHeld, k.beforeTheAnswer}
	for round := range rounds {
		moments[round%len(moments)]()
		k.kills++
		k.s.start()
	}
	k.settle()
	k.check()
}

// values posts a value for new series and for some that stand, each by itself at
// the same time, until the server is gone; what was not acknowledged is posted
// again by settle.
func (k *killing) values(posted func()) (finish func()) {
	var all sync.WaitGroup
	for i := range 12 {
		n := k.next
		if i >= 8 && k.next > 20 { // one that stands, or has recovered
			n = k.rng.IntN(k.next)
		} else {
			k.next++
		}
		value := []int{1, 1, 4, 9}[k.rng.IntN(4)]
		k.want[strconv.Itoa(n)] = value
		pause := time.Duration(k.rng.IntN(8)) * time.Millisecond
		all.Go(func() {
			quiet(k.t, pause)
			_, _, _ = k.s.try(http.MethodPost, "/metrics", eventOf("page", float64(value), time.Now(), "n", strconv.Itoa(n)))
			posted()
		})
	}
	return all.Wait
}

// anyMoment kills within the time in which values are judged, stored and sent.
func (k *killing) anyMoment() {
	finish := k.values(func() {})
	quiet(k.t, time.Duration(k.rng.IntN(60_000))*time.Microsecond)
	k.s.kill()
	finish()
}

// whileHeld kills while receivers have a message and do not answer.
func (k *killing) whileHeld() {
	held, gone := make(chan struct{}, 1000), make(chan struct{})
	hold := func(http.ResponseWriter, *http.Request) { held <- struct{}{}; <-gone }
	k.to.answer("/signed", hold)
	k.to.answer("/plain", hold)
	k.values(func() {})()
	select {
	case <-held:
	case <-time.After(time.Second): // all were series that do not change
	}
	quiet(k.t, time.Duration(k.rng.IntN(20))*time.Millisecond)
	k.s.kill()
	close(gone)
	k.to.answer("/signed", nil)
	k.to.answer("/plain", nil)
}

// beforeTheAnswer kills when a receiver has taken a message, and has it answered
// at about that moment.
func (k *killing) beforeTheAnswer() {
	at := []string{"/signed", "/plain", "email"}[k.rng.IntN(3)]
	after, late := k.rng.IntN(6), k.rng.IntN(2) == 0
	kill := make(chan struct{})
	once := sync.OnceFunc(func() { close(kill) })
	killed := make(chan struct{})
	k.to.onTaking(func(m message) {
		if m.at != at {
			return
		}
		if after--; after < 0 {
			once()
			if late {
				<-killed
			}
		}
	})
	finish := k.values(func() {})
	select {
	case <-kill:
	case <-time.After(time.Second):
	}
	k.s.kill()
	close(killed)
	finish()
	k.to.onTaking(nil)
}

// settle posts every value once more and waits until nothing is left to send.
func (k *killing) settle() {
	k.t.Helper()
	for n, value := range k.want {
		k.s.value("page", float64(value), "n", n)
	}
	deadline := time.Now().Add(patience / 2)
	for left := k.left(); len(left) > 0; left = k.left() {
		if time.Now().After(deadline) {
			k.t.Fatalf("not told in the end: %s", strings.Join(left, "; "))
		}
		quiet(k.t, 20*time.Millisecond)
	}
	quiet(k.t, time.Second)
}

// left is what has not been told or sent yet.
func (k *killing) left() (all []string) {
	for _, d := range k.s.deliveries("state=pending") {
		all = append(all, fmt.Sprintf("%+v", d))
	}
	for _, at := range []string{"/signed", "/plain", "email"} {
		told := k.standing(at)
		for n, value := range k.want {
			if state, known := told[n]; (known || value < 5) && state != stateOf(value) {
				all = append(all, fmt.Sprintf("%s: %s is %s and was told to be %q", at, n, stateOf(value), state))
			}
		}
	}
	return all
}

func stateOf(value int) string {
	switch {
	case value < 2:
		return "critical"
	case value < 5:
		return "warning"
	}
	return "ok"
}

// standing is how each series stands by what somewhere was told last.
func (k *killing) standing(at string) map[string]string {
	stands := map[string]string{}
	for _, m := range k.to.messages(at) {
		status, rest, _ := strings.Cut(m.says, " ")
		name, n, _ := strings.Cut(rest, " n=")
		if severity := strings.TrimPrefix(name, "page/"); status == "firing" {
			stands[n] = severity
		} else if stands[n] == severity {
			stands[n] = "ok"
		}
	}
	return stands
}

func (k *killing) check() {
	t := k.t
	begun := map[string]int{} // changes into a state, by what is told of it
	ended := map[string]bool{}
	for _, c := range k.s.history() {
		if c.State != "ok" {
			begun[fmt.Sprintf("firing page/%s n=%s", c.State, c.Tags["n"])]++
		} else {
			ended[c.Tags["n"]] = true
		}
	}
	for _, at := range []string{"/signed", "/plain", "email"} {
		stands := k.standing(at)
		for n, value := range k.want {
			if state, known := stands[n]; (known || value < 5) && state != stateOf(value) {
				t.Errorf("%s: series %s is %s, and was told last to be %q", at, n, stateOf(value), state)
			}
		}
		all := k.to.messages(at)
		ids, says := map[string]int{}, map[string]map[string]bool{}
		for _, m := range all {
			key := m.id
			if at == "/plain" {
				key = strings.Join(m.by, "") + m.says
			}
			ids[key]++
			if says[m.says] == nil {
				says[m.says] = map[string]bool{}
			}
			says[m.says][key] = true
		}
		for what, keys := range says {
			if most := begun[what]; strings.HasPrefix(what, "firing") && len(keys) > most {
				t.Errorf("%s: %q was told under %d ids, and happened %d times: %v", at, what, len(keys), most, keys)
			}
		}
		// A kill may repeat what this integration had under way.
		if twice := len(all) - len(ids); twice > k.kills {
			t.Errorf("%s: %d messages came twice in %d kills", at, twice, k.kills)
		}
		untold := 0
		for what := range begun {
			if says[what] == nil {
				untold++
			}
		}
		t.Logf("%s: %d messages, %d of them repeated; %d states that were left within the moment of a kill are not told of", at, len(all), len(all)-len(ids), untold)
	}
	if len(begun) < k.kills || len(ended) == 0 {
		t.Error("the test had nothing to look at")
	}
}

// Changes that come right after a start are told like any others.
func TestNothingOfAStartIsLost(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, eachAlone)
	var want []string
	for round := range 4 {
		s.start()
		n := strconv.Itoa(round)
		for _, v := range []float64{4, 1, 9} {
			s.value("page", v, "n", n)
		}
		want = append(want, "firing page/warning n="+n, "firing page/critical n="+n, "resolved page/critical n="+n)
		to.await("/signed", len(want))
		s.await("nothing is left to send", func() bool { return len(s.deliveries("state=pending")) == 0 })
		s.kill()
	}
	same(t, "told", to.toldOnce("/signed"), want)
}
