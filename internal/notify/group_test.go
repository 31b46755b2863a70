package notify

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const receivers = `
receivers:
- {name: mail, webhook_configs: [{url: "http://127.0.0.1:1/"}]}
- {name: duty, webhook_configs: [{url: "http://127.0.0.1:1/"}]}
`

func TestWarningsAreGroupedAndTheFirstCriticalPageLeavesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, "route: {receiver: mail, group_by: [alertname], group_wait: 30s, group_interval: 5m}"+receivers, nil)
		for i := range 3 {
			b.change("load", warning, ok, event.Tag{Key: "office", Value: fmt.Sprint(i)})
		}
		b.change("rate", critical, ok, event.Tag{Key: "office", Value: "0"})
		equal(t, b.sent(time.Millisecond), "mail: firing rate/critical")
		b.change("rate", critical, ok, event.Tag{Key: "office", Value: "1"})
		equal(t, b.sent(29*time.Second))
		equal(t, b.sent(time.Second), "mail: firing load/warning; firing load/warning; firing load/warning")
		equal(t, b.sent(5*time.Minute), "mail: firing rate/critical; firing rate/critical")
		equal(t, b.sent(3*time.Hour))
		equal(t, b.sent(70*time.Minute), "mail: firing load/warning; firing load/warning; firing load/warning", "mail: firing rate/critical; firing rate/critical")
	})
}

func TestInhibition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, `
route: {receiver: mail, group_by: [alertname, office], group_wait: 1s, group_interval: 10s}
inhibit_rules:
- {source_matchers: [alertname="closed"], target_matchers: [alertname="load"], equal: [office]}
`+receivers, nil)
		boston, salem := event.Tag{Key: "office", Value: "Boston"}, event.Tag{Key: "office", Value: "Salem"}
		b.change("closed", critical, ok, boston)
		b.change("load", warning, ok, boston)
		b.change("load", warning, ok, salem)
		equal(t, b.sent(time.Minute), "mail: firing closed/critical", "mail: firing load/warning")
		b.change("closed", ok, critical, boston)
		equal(t, b.sent(time.Minute), "mail: resolved closed/critical", "mail: firing load/warning")
	})
}

func TestMuteAndActiveTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The bubble begins on a Saturday at midnight, UTC.
		b := start(t, `
route:
  receiver: duty
  group_wait: 0s
  group_interval: 1m
  routes:
  - {matchers: [alertname="load"], receiver: mail, mute_time_intervals: [weekend]}
  - {matchers: [alertname="rate"], receiver: mail, active_time_intervals: [office]}
time_intervals:
- {name: weekend, time_intervals: [{weekdays: [saturday, sunday]}]}
- {name: office, time_intervals: [{weekdays: ['monday:friday'], times: [{start_time: "08:00", end_time: "17:00"}]}]}
`+receivers, nil)
		if day := time.Now().UTC().Weekday(); day != time.Saturday {
			t.Fatal(day)
		}
		b.change("load", warning, ok)
		b.change("load", critical, ok, event.Tag{Key: "office", Value: "Boston"})
		b.change("rate", warning, ok)
		b.change("other", warning, ok)
		equal(t, b.sent(47*time.Hour), "duty: firing other/warning", "duty: firing other/warning", "duty: firing other/warning",
			"duty: firing other/warning", "duty: firing other/warning", "duty: firing other/warning", "duty: firing other/warning",
			"duty: firing other/warning", "duty: firing other/warning", "duty: firing other/warning", "duty: firing other/warning", "duty: firing other/warning")
		b.change("other", ok, warning)
		b.sent(time.Minute)
		equal(t, b.sent(2*time.Hour), "mail: firing load/warning", "mail: firing load/critical")
		equal(t, b.sent(8*time.Hour), "mail: firing rate/warning", "mail: firing load/warning", "mail: firing load/critical", "mail: firing load/warning", "mail: firing load/critical")
	})
}

func TestEachOfTenThousandAlertsIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, "route: {receiver: mail, group_by: [alertname], group_wait: 0s, group_interval: 10s}"+receivers, nil)
		const rules, offices = 500, 20
		all := func(state, previous alert.State) {
			for i := range rules * offices {
				b.change(fmt.Sprint("rule", i/offices), state, previous, event.Tag{Key: "office", Value: fmt.Sprint(i % offices)})
			}
		}
		told := func(status string) int {
			time.Sleep(30 * time.Second)
			synctest.Wait()
			series := map[string]bool{}
			for _, m := range b.outbox.sent {
				for _, a := range m.alerts {
					if string(a.Status()) == status {
						series[a.Labels.String()] = true
					}
				}
			}
			b.outbox.take()
			return len(series)
		}
		all(critical, ok)
		if got := told("firing"); got != rules*offices {
			t.Errorf("%d of %d were told", got, rules*offices)
		}
		all(ok, critical)
		if got := told("resolved"); got != rules*offices {
			t.Errorf("the end of %d of %d was told", got, rules*offices)
		}
		if _, waiting := b.feed.counts(); waiting != 0 {
			t.Errorf("%d still wait", waiting)
		}
	})
}

// A receiver that cannot be reached must not delay another.
func TestAFailingReceiverDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, `
route: {receiver: duty, group_wait: 0s, group_interval: 1m, routes: [{matchers: [alertname="slow"], receiver: mail}]}
`+receivers, nil)
		hang := make(chan struct{})
		b.Reload(func() *Routing {
			wrap := b.opts.Wrap
			b.opts.Wrap = func(receiver, integration string, index int, to amNotifier) amNotifier {
				next := wrap(receiver, integration, index, to)
				if receiver != "mail" {
					return next
				}
				return notifierFunc(func(ctx ctxType, _ ...*amAlert) (bool, error) {
					select {
					case <-hang:
					case <-ctx.Done():
					}
					return true, ctx.Err()
				})
			}
			return b.opts.Routing
		}())
		b.change("slow", critical, ok)
		b.change("rate", critical, ok)
		equal(t, b.sent(time.Millisecond), "duty: firing rate/critical")
		close(hang)
	})
}
