package reports

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// told is a history of changes, the oldest first.
type told []alert.Transition

func (h told) FindAlerts(_ context.Context, q store.AlertQuery) (page []alert.Transition, _ error) {
	for _, t := range slices.Backward(h) {
		if t.At >= q.From && t.At < q.To && (q.Before == nil || t.Position.Before(*q.Before)) && len(page) < q.Limit {
			page = append(page, t)
		}
	}
	return page, nil
}

func (h told) LatestAlerts(_ context.Context, since int64) (all []alert.Transition, _ error) {
	last := map[string]alert.Transition{}
	for _, t := range h {
		last[t.Rule] = t
	}
	for _, t := range h {
		if last[t.Rule].Position == t.Position && (t.State != alert.OK || t.At >= since) {
			all = append(all, t)
		}
	}
	return all, nil
}

var states = []alert.State{alert.OK, alert.Warning, alert.Critical}

// anyHistory draws changes of a few series between 0 and 100.
func anyHistory(t *rapid.T) (h told) {
	now := map[string]alert.State{}
	at := int64(0)
	for i := range rapid.IntRange(0, 25).Draw(t, "changes") {
		at += int64(rapid.IntRange(0, 8).Draw(t, "later"))
		rule := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "rule")
		before := now[rule]
		if before == "" {
			before = alert.OK
		}
		state := rapid.SampledFrom(states).Filter(func(s alert.State) bool { return s != before }).Draw(t, "state")
		now[rule] = state
		h = append(h, alert.Transition{
			Position: alert.Position{Seq: uint64(i + 1)}, Kind: "threshold", Rule: rule, Tags: []event.Tag{{Key: "office", Value: "north"}},
			State: state, Previous: before, At: at,
		})
	}
	return h
}

// at is the state of a rule just after everything judged at ms.
func (h told) at(rule string, ms int64) alert.State {
	state := alert.OK
	for _, t := range h {
		if t.Rule == rule && t.At <= ms {
			state = t.State
		}
	}
	return state
}

// Looking at each millisecond tells the same.
func TestHowLongAlertsStood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		from := int64(rapid.IntRange(1, 90).Draw(t, "from"))
		to := from + int64(rapid.IntRange(1, 60).Draw(t, "length"))
		got, err := Sources{Alerts: h}.firings(context.Background(), &Summary{From: from, To: to})
		if err != nil {
			t.Fatal(err)
		}
		for _, rule := range []string{"a", "b", "c"} {
			var long, critical int64
			for ms := from; ms < to; ms++ {
				switch h.at(rule, ms) {
				case alert.Critical:
					critical++
					long++
				case alert.Warning:
					long++
				}
			}
			standing := fires(h.at(rule, to-1))
			at := slices.IndexFunc(got.Shown, func(f Firing) bool { return f.Rule == rule })
			if at < 0 {
				if long > 0 {
					t.Fatalf("%s stood for %d in [%d, %d) of %+v, and is not told of", rule, long, from, to, h)
				}
				continue
			}
			f := got.Shown[at]
			if f.DurationMs != long || f.CriticalMs != critical || f.Standing != standing || f.Earlier != fires(h.at(rule, from-1)) {
				t.Fatalf("in [%d, %d) of %+v\n%+v, want %d of which critical %d, standing %v", from, to, h, f, long, critical, standing)
			}
			if (f.Worst == "critical") != (critical > 0) && critical > 0 {
				t.Fatalf("worst is %s", f.Worst)
			}
		}
	})
}

func TestPagesOfChangesAreReadToTheEnd(t *testing.T) {
	var h told
	for i := range 12_000 {
		state, before := alert.Critical, alert.OK
		if i%2 == 1 {
			state, before = before, state
		}
		h = append(h, alert.Transition{Position: alert.Position{Seq: uint64(i + 1)}, Rule: "a", State: state, Previous: before, At: int64(i)})
	}
	all, cut, err := Sources{Alerts: h}.changes(context.Background(), 0)
	if err != nil || len(all) != len(h) || cut {
		t.Fatal(len(all), cut, err)
	}
	got, err := Sources{Alerts: h}.firings(context.Background(), &Summary{From: 0, To: 12_000})
	if err != nil || got.Shown[0].Times != 6000 || got.Shown[0].DurationMs != 6000 {
		t.Fatalf("%+v %v", got, err)
	}
}
