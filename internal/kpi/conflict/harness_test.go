package conflict

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// bench is an evaluator with the keys that an engine would keep for it.
type bench struct {
	*Evaluator
	keys *kpi.Keys
	c    *kpi.Common
}

func newBench(s *Spec, window time.Duration, by ...string) *bench {
	c := &kpi.Common{By: by, Window: units.Duration(window)}
	return &bench{Evaluator: s.New(c, nil).(*Evaluator), keys: kpi.NewKeys(), c: c}
}

func (b *bench) apply(events ...event.Event) {
	b.Apply(kpi.NewBatch(event.Of(events...), b.keys))
}

// again is a copy by way of a checkpoint.
func (b *bench) again() (*bench, error) {
	data := b.AppendBinary(b.keys.AppendBinary(nil))
	fresh := newBench(b.spec, time.Duration(b.c.Window), b.c.By...)
	r := bin.NewReader(data)
	fresh.keys.Restore(r)
	fresh.Restore(r)
	return fresh, r.End()
}

const horizon = 48

// tiny is a spec whose times are of some milliseconds.
func tiny(t *rapid.T) (*Spec, time.Duration) {
	span := func(name string, lo, hi int) units.Duration {
		return units.Duration(time.Duration(rapid.IntRange(lo, hi).Draw(t, name)) * time.Millisecond)
	}
	s := New()
	s.Level = rapid.SampledFrom(levelNames[:]).Draw(t, "level")
	s.ProxyWithin, s.Lease, s.NearMiss, s.EditExpiry = span("within", 1, 9), span("lease", 1, 9), span("near", 0, 4), span("expiry", 1, 14)
	s.Bots = []string{"r"}
	return s, time.Duration(span("window", 1, 30))
}

// stream draws the events of few cases and agents, with many ties in time.
func stream(t *rapid.T) []event.Event {
	all := []string{
		"case.edited", "case.edited", "case.edited", "edit.started", "edit.started", "edit.discarded", "edit.rejected",
		"presence.started", "presence.beat", "presence.ended", "conflict.cleared", "case.assigned", "case.opened",
	}
	// Streams of few kinds reach deeper than those of all.
	metrics := rapid.SampledFrom([][]string{
		all, all, all[:3], {"case.edited", "edit.started", "edit.started", "edit.discarded", "case.assigned"},
		{"presence.beat", "presence.beat", "presence.ended"}, {"case.edited", "case.edited", "conflict.cleared", "edit.rejected", "case.assigned"},
	}).Draw(t, "metrics")
	tags := []struct {
		key    string
		values []string
		often  int // of 4
	}{
		{"agentId", []string{"a", "b", "c", "r", ""}, 4},
		{"sessionId", []string{"s1", "s2"}, 2},
		{"editId", []string{"e1", "e2", "e3"}, 2},
		{"version", []string{"1", "2", "3", "4", "5", "6", "7", "x"}, 3},
		{"baseVersion", []string{"0", "1", "2", "3", "4", "5", "6"}, 3},
		{"fields", []string{"f", "g", "f, g", "", ","}, 2},
		{"fromAgentId", []string{"a", "b"}, 2},
		{"office", []string{"north", "south"}, 1},
		{"actorKind", []string{"human", "bot"}, 1},
	}
	people := rapid.SampledFrom([]int{2, 3, 5}).Draw(t, "people")
	cases := rapid.SampledFrom([][]string{{"1"}, {"1", "2"}, {"1", "2", "3", ""}}).Draw(t, "cases")
	events := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event.Event {
		e := event.Event{Metric: rapid.SampledFrom(metrics).Draw(t, "metric"), Time: rapid.Int64Range(0, horizon-8).Draw(t, "time")}
		if e.Metric == "conflict.cleared" && rapid.Bool().Draw(t, "by conflict") {
			e.Tags = append(e.Tags, event.Tag{Key: "conflictId", Value: rapid.SampledFrom([]string{"1", "1/L3", "2/L3", "1/proxy", ""}).Draw(t, "conflict")})
		} else {
			e.Tags = append(e.Tags, event.Tag{Key: "caseId", Value: rapid.SampledFrom(cases).Draw(t, "case")})
		}
		for i, tag := range tags {
			if rapid.IntRange(1, 4).Draw(t, "has "+tag.key) <= tag.often {
				values := tag.values
				if i == 0 {
					values = values[:people]
				}
				e.Tags = append(e.Tags, event.Tag{Key: tag.key, Value: rapid.SampledFrom(values).Draw(t, tag.key)})
			}
		}
		return e
	}), 0, 28).Draw(t, "events")
	for i := range events { // the reference knows no saveWindow
		if i >= saveWindow {
			events[i].Tags = slices.DeleteFunc(events[i].Tags, func(t event.Tag) bool { return t.Key == "version" || t.Key == "baseVersion" })
		}
	}
	return events
}

func query(t *rapid.T, window time.Duration) kpi.Query {
	q := kpi.Query{
		From: rapid.Int64Range(-5, horizon).Draw(t, "from"), At: rapid.Int64Range(-5, horizon+30).Draw(t, "at"),
		By: rapid.SampledFrom([][]int{nil, {0}}).Draw(t, "by"),
	}
	if rapid.Bool().Draw(t, "own window") {
		q.From = q.At - window.Milliseconds()
	}
	return q
}

func blocks(t *rapid.T, events []event.Event, each func([]event.Event)) {
	for len(events) > 0 {
		n := rapid.IntRange(1, len(events)).Draw(t, "block")
		each(events[:n])
		events = events[n:]
	}
}

// text is an answer to compare by.
func text(all []kpi.Series) string {
	var out string
	for _, s := range all {
		figures, err := json.Marshal(s.Figures)
		if err != nil {
			panic(err)
		}
		out += fmt.Sprintf("%v %v %d %s\n", s.Tags, s.Value, s.N, figures)
	}
	return out
}

func shuffled(t *rapid.T, events []event.Event) []event.Event {
	mixed := slices.Clone(events)
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return mixed
}

// conflicts are those that are open, in words.
func (b *bench) conflicts(at int64) (all []string) {
	for _, c := range b.Conflicts(at) {
		all = append(all, fmt.Sprint(c.Since, " ", c.Level, " ", b.keys.Text(c.Key, c.Case), " ", c.Agents))
	}
	slices.Sort(all)
	return all
}
