package notify

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const atOnce = `
route: {receiver: mail, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 4h}
receivers: [{name: mail, webhook_configs: [{url: "http://127.0.0.1:1/"}]}]
`

const rate = "case.resolved.rate"

func judge(t *testing.T) []alert.Transition {
	t.Helper()
	faults := alert.Thresholds{rate: {Warning: alert.LimitOf("5"), Critical: alert.LimitOf("2")}}
	if err := faults.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	engine := alert.New(faults.Rules(), quiet())
	var found []alert.Transition
	for i, v := range []float64{6, 4, 1, 6} {
		now := time.Now().Add(time.Duration(i) * time.Millisecond).UnixMilli()
		found = append(found, engine.Apply(uint64(i+1), event.Of(event.Event{Metric: rate, Value: v, Time: now}), now)...)
	}
	return found
}

// Values 6, 4, 1 and 6 of a rule with warning 5 and critical 2: nothing, warning,
// critical, resolved.
func TestOneNotificationForEachChange(t *testing.T) {
	for _, gap := range []time.Duration{0, time.Millisecond, 300 * time.Millisecond, time.Second, 90 * time.Second} {
		t.Run(gap.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, atOnce, nil)
				for _, change := range judge(t) {
					change.At = time.Now().UnixMilli()
					b.Take(change)
					time.Sleep(gap)
				}
				equal(t, b.sent(12*time.Hour),
					"mail: firing case.resolved.rate/warning",
					"mail: firing case.resolved.rate/critical",
					"mail: resolved case.resolved.rate/critical")
			})
		})
	}
}

// A disk that takes long to store a message makes no difference: what is being
// told counts as told.
func TestOneNotificationForEachChangeOfASlowDisk(t *testing.T) {
	for _, slow := range []int{90, 150, 400, 1100, 3000} {
		for _, gap := range []int{0, 50, 200, 300, 1000} {
			t.Run(fmt.Sprintf("%d ms, changes %d ms apart", slow, gap), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := start(t, atOnce, nil)
					b.outbox.slow = time.Duration(slow) * time.Millisecond
					for _, change := range judge(t) {
						change.At = time.Now().UnixMilli()
						b.Take(change)
						time.Sleep(time.Duration(gap) * time.Millisecond)
					}
					equal(t, b.sent(12*time.Hour),
						"mail: firing case.resolved.rate/warning",
						"mail: firing case.resolved.rate/critical",
						"mail: resolved case.resolved.rate/critical")
				})
			})
		}
	}
}

func TestIncidentsHearOfEachEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, `
route: {receiver: duty, group_by: [alertname], group_wait: 0s, group_interval: 1s}
receivers: [{name: duty, pagerduty_configs: [{routing_key: abcdef}]}]
`, nil)
		b.change(rate, warning, ok)
		b.change(rate, critical, warning)
		b.change(rate, ok, critical)
		equal(t, b.sent(time.Minute),
			"duty: firing case.resolved.rate/warning", "duty: resolved case.resolved.rate/warning",
			"duty: firing case.resolved.rate/critical", "duty: resolved case.resolved.rate/critical")
	})
}

// Who was told of the warning only must hear of its end.
func TestAnEndIsToldWhereTheWorseAlertIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, `
route:
  receiver: mail
  group_wait: 0s
  group_interval: 1s
  routes: [{receiver: sms, matchers: [severity="critical"]}]
receivers: [{name: mail, webhook_configs: [{url: "http://127.0.0.1:1/"}]}, {name: sms, webhook_configs: [{url: "http://127.0.0.1:1/"}]}]
`, nil)
		b.change(rate, warning, ok)
		b.change(rate, critical, warning)
		equal(t, b.sent(time.Minute),
			"mail: firing case.resolved.rate/warning", "sms: firing case.resolved.rate/critical", "mail: resolved case.resolved.rate/warning")
		b.change(rate, warning, critical)
		equal(t, b.sent(time.Minute), "mail: firing case.resolved.rate/warning", "sms: resolved case.resolved.rate/critical")
	})
}

// The warning that follows a critical state is news, though a warning was told
// before.
func TestAWarningAfterACriticalStateIsNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		b.change(rate, warning, ok)
		b.change(rate, critical, warning)
		b.sent(time.Minute)
		b.change(rate, warning, critical)
		equal(t, b.sent(time.Minute), "mail: firing case.resolved.rate/warning", "mail: resolved case.resolved.rate/critical")
	})
}

// An end that is no news brings no message about what else is in the group.
func TestAnEndThatIsNoNewsRepeatsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		boston, salem := event.Tag{Key: "office", Value: "Boston"}, event.Tag{Key: "office", Value: "Salem"}
		b.change(rate, warning, ok, boston)
		b.change(rate, warning, ok, salem)
		b.sent(time.Minute)
		b.change(rate, critical, warning, boston)
		equal(t, b.sent(time.Minute), "mail: firing case.resolved.rate/critical")
		b.change(rate, ok, warning, salem)
		equal(t, b.sent(time.Minute), "mail: resolved case.resolved.rate/warning")
	})
}

// People read a KPI by its title, in its unit; programs read the value as it is.
func TestTextsOfAKPIHaveItsTitleAndUnit(t *testing.T) {
	of := alert.Transition{Kind: alert.KindThreshold, Rule: "case.sla", Metric: "case.sla", State: critical, Previous: warning, Value: 11.0 / 15, Condition: "below 0.9"}
	words := Words{Title: "Cases in time", Value: func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }}
	texts := annotationsOf(of, words)
	if texts["summary"] != "Cases in time is critical: 73.3 %, below 90.0 %" || texts["value"] != "0.7333333333333333" {
		t.Errorf("%v", texts)
	}
	of.Rule, of.Value, of.Condition = "mine", 1_000_000, "a value came"
	if texts := annotationsOf(of, Words{}); texts["summary"] != "mine is critical: 1000000, a value came" {
		t.Errorf("%v", texts)
	}
}
