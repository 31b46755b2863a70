package sla

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

func written(t testing.TB, all []kpi.Series) string {
	type series struct {
		Tags    []event.Tag
		N       int64
		Figures any
	}
	list := make([]series, len(all))
	for i, s := range all {
		list[i] = series{s.Tags, s.N, s.Figures}
	}
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whatever differs between two instants is announced.
func TestChangesByTimeAlone(t *testing.T) {
	all := calendars(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawScenario(rt, all)
		e := s.new()
		feed(e, kpi.NewKeys(), rand.New(rand.NewPCG(1, 1)), s.events)
		for range 10 {
			from := base + minute*rapid.Int64Range(-10, 700).Draw(rt, "from") + rapid.Int64Range(-1, 1).Draw(rt, "ms")
			to := from + rapid.SampledFrom([]int64{1, minute, 60 * minute}).Draw(rt, "later")
			window := minute * rapid.Int64Range(1, 300).Draw(rt, "window")
			before := written(t, e.Value(kpi.Query{From: from - window, At: from, By: []int{0}}))
			after := written(t, e.Value(kpi.Query{From: to - window, At: to, By: []int{0}}))
			if before != after && !e.Changes(from, to, window) {
				rt.Fatalf("minute %d to %d: not announced\n%s\n%s", (from-base)/minute, (to-base)/minute, before, after)
			}
		}
	})
}

// What is forgotten does not show in later windows, and late events of what goes
// on are still taken.
func TestForgetKeepsLaterAnswers(t *testing.T) {
	all := calendars(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawScenario(rt, all)
		stops := 0 // too few for a median, which looks back further
		s.events = slices.DeleteFunc(s.events, func(e event.Event) bool {
			if e.Metric == s.spec.Stop || e.Metric == "case.responded" {
				stops++
				return stops > 9
			}
			return false
		})
		horizon := base + minute*rapid.Int64Range(0, 400).Draw(rt, "horizon")
		cutoff := fullHour(horizon) + usualDays
		late := slices.DeleteFunc(slices.Clone(s.events), func(e event.Event) bool { return e.Time < cutoff-usualDays })
		soon := slices.DeleteFunc(slices.Clone(s.events), func(e event.Event) bool { return e.Time >= cutoff-usualDays })
		forgetful, other := s.new(), s.new()
		keys, r := kpi.NewKeys(), rand.New(rand.NewPCG(1, 1))
		feed(other, keys, r, soon)
		feed(forgetful, keys, r, soon)
		forgetful.Forget(cutoff)
		// A case that was dropped begins anew: here none comes back.
		late = slices.DeleteFunc(late, func(e event.Event) bool {
			id, _ := e.Tag("caseId")
			key, known := keys.Find("caseId", id)
			return known && slices.ContainsFunc(other.goals, func(g *goal) bool {
				i := slices.Index(other.goals, g)
				return len(g.cases.Events(key)) > 0 && len(forgetful.goals[i].cases.Events(key)) == 0
			})
		})
		feed(other, keys, r, late)
		feed(forgetful, keys, r, late)
		if forgetful.index.Missing() != 0 {
			rt.Fatal("facts were missing")
		}
		for range 5 {
			from := cutoff - usualDays + minute*rapid.Int64Range(0, 300).Draw(rt, "from")
			q := kpi.Query{From: from, At: from + minute*rapid.Int64Range(1, 300).Draw(rt, "window"), By: []int{0}}
			if got, want := written(t, forgetful.Value(q)), written(t, other.Value(q)); got != want {
				rt.Fatalf("from %d: got\n%s\nwant\n%s", from, got, want)
			}
		}
	})
}
