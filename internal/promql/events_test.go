package promql

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// dump writes what a selection gives: `{labels} t=v t=v`, a line for a series.
func dump(q storage.Queryable, from, to int64, h *storage.SelectHints, matchers ...*labels.Matcher) (string, error) {
	querier, err := q.Querier(from, to)
	if err != nil {
		return "", err
	}
	defer querier.Close()
	var text strings.Builder
	found := querier.Select(context.Background(), true, h, matchers...)
	for found.Next() {
		fmt.Fprint(&text, found.At().Labels())
		it := found.At().Iterator(nil)
		for it.Next() == chunkenc.ValFloat {
			t, v := it.At()
			fmt.Fprintf(&text, " %d=%v", t, v)
		}
		text.WriteString("\n")
	}
	return text.String(), found.Err()
}

func equal(name, value string) *labels.Matcher {
	return labels.MustNewMatcher(labels.MatchEqual, name, value)
}

// expected is what dump should give, the obvious way.
func expected(events []event.Event, from, to int64, matchers ...*labels.Matcher) string {
	type one struct {
		labels labels.Labels
		events []event.Event
	}
	found := map[string]*one{}
	for _, e := range events {
		b := labels.NewBuilder(labels.FromStrings(model.MetricNameLabel, e.Metric))
		for _, t := range e.Tags {
			b.Set(t.Key, t.Value)
		}
		l := b.Labels()
		if e.Time < from || e.Time > to || !matches(l, matchers) {
			continue
		}
		if found[l.String()] == nil {
			found[l.String()] = &one{labels: l}
		}
		found[l.String()].events = append(found[l.String()].events, e)
	}
	var all []*one
	for _, o := range found {
		slices.SortStableFunc(o.events, func(a, b event.Event) int { return int(a.Time - b.Time) })
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b *one) int { return labels.Compare(a.labels, b.labels) })
	var text strings.Builder
	for _, o := range all {
		fmt.Fprint(&text, o.labels)
		for _, e := range o.events {
			fmt.Fprintf(&text, " %d=%v", e.Time, e.Value)
		}
		text.WriteString("\n")
	}
	return text.String()
}

// TestSelectionsAreWhatWasApplied asks in any order while events come, late ones
// among them, are stored, and fall out of memory.
func TestSelectionsAreWhatWasApplied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &memory{}
		c := DefaultConfig()
		c.Recent = rapid.SampledFrom([]int{0, 5, 40, 1 << 20}).Draw(t, "recent")
		e := NewEvents(m, c)
		e.tidyAt = rapid.IntRange(1, 30).Draw(t, "tidyAt")
		s := Sources{Events: e}
		clock := int64(0)
		some := func() (events []event.Event) {
			for range rapid.IntRange(1, 6).Draw(t, "events") {
				clock += rapid.Int64Range(0, 400).Draw(t, "pass")
				late := rapid.SampledFrom([]int64{0, 0, 0, 1, 900, 20_000}).Draw(t, "late")
				one := ev(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "metric"), float64(len(m.events)+len(events)), clock-late)
				for _, key := range []string{"x", "y"} {
					if v := rapid.SampledFrom([]string{"-", "", "1", "2"}).Draw(t, key); v != "-" {
						one.Tags = append(one.Tags, event.Tag{Key: key, Value: v})
					}
				}
				events = append(events, one)
			}
			return events
		}
		t.Repeat(map[string]func(*rapid.T){
			"apply": func(*rapid.T) { m.apply(e, some()...) },
			"store": func(*rapid.T) { m.store() },
			"ask": func(t *rapid.T) {
				to := clock - rapid.Int64Range(-100, 3000).Draw(t, "ago")
				from := to - rapid.Int64Range(0, 9000).Draw(t, "width")
				matchers := rapid.SampledFrom([][]*labels.Matcher{
					{equal(model.MetricNameLabel, "a")},
					{equal(model.MetricNameLabel, "b"), equal("x", "1")},
					{equal(model.MetricNameLabel, "a"), equal("y", "")},
					{labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, "a|b"), labels.MustNewMatcher(labels.MatchNotEqual, "x", "2")},
					{equal("x", "1")},
				}).Draw(t, "matchers")
				coming := some()
				if rapid.Bool().Draw(t, "in the middle") {
					m.during = func() { m.during = nil; m.apply(e, coming...); m.store() }
				}
				before := expected(m.events, from, to, matchers...)
				for _, name := range []string{"rules", "queries"} {
					q := map[string]storage.Queryable{"rules": s.ForRules(), "queries": s.ForQueries()}[name]
					got, err := dump(q, from, to, nil, matchers...)
					// What comes while it is read may be in the answer or not; asked
					// again it must be.
					if err == nil && m.during == nil && got != before {
						before = expected(m.events, from, to, matchers...)
						got, err = dump(q, from, to, nil, matchers...)
					}
					if err != nil || got != before {
						t.Fatalf("%s: [%d,%d] %v: %v\n%s\nwant\n%s", name, from, to, matchers, err, got, before)
					}
				}
				m.during = nil
			},
		})
	})
}

// TestAnOlderQuestionIsNotTrimmedAway asks again for what was asked for first,
// when what was asked for since has let it go.
func TestAnOlderQuestionIsNotTrimmedAway(t *testing.T) {
	m := &memory{}
	c := DefaultConfig()
	c.Recent = 100
	e := NewEvents(m, c)
	for i := range int64(50) {
		m.apply(e, ev("a", float64(i), i*50), ev("b", 1, i), ev("b", 2, i), ev("b", 3, i))
	}
	q := Sources{Events: e}.ForRules()
	for _, asked := range []struct {
		metric   string
		from, to int64
	}{{"a", 0, 10}, {"a", 1000, 1010}, {"a", 1990, 2000}, {"b", 0, 5000}, {"a", 0, 8}, {"a", 1990, 2000}, {"a", 0, 8}} {
		name := equal(model.MetricNameLabel, asked.metric)
		want := expected(m.events, asked.from, asked.to, name)
		if got, err := dump(q, asked.from, asked.to, nil, name); err != nil || got != want {
			t.Errorf("%v gives %s %v, want %s", asked, got, err, want)
		}
	}
	if m.reads != 2 {
		t.Errorf("the store was read %d times: once for a, which is kept, and once for b, which is too much to keep", m.reads)
	}
}

func instant(t *testing.T, q storage.Queryable, expr string, at int64) string {
	t.Helper()
	engine := NewEngine(DefaultConfig(), time.Minute, nil)
	query, err := engine.NewInstantQuery(t.Context(), q, nil, expr, time.UnixMilli(at))
	if err != nil {
		t.Fatal(err)
	}
	defer query.Close()
	r := query.Exec(t.Context())
	if r.Err != nil {
		return r.Err.Error()
	}
	if v, ok := r.Value.(promql.Vector); ok && len(v) == 1 {
		return fmt.Sprint(v[0].F)
	}
	return r.Value.String()
}

// TestEventsOfOneMillisecondAllCount puts several at the instant asked about, at
// a step, and at the edge of the range.
func TestEventsOfOneMillisecondAllCount(t *testing.T) {
	m := &memory{}
	e := NewEvents(m, DefaultConfig())
	for _, at := range []int64{60_000, 60_001, 120_000, 359_999, 360_000, 360_000, 360_000, 360_001} {
		m.apply(e, ev("case.opened", 2, at, "office=north"))
	}
	m.apply(e, ev("case.opened", 7, 360_000, "office=north"), ev("case.opened", 3, 360_000, "office=north"))
	for _, q := range []storage.Queryable{Sources{Events: e}.ForRules(), Sources{Events: e}.ForQueries()} {
		for expr, want := range map[string]string{
			`count_over_time({"case.opened"}[5m])`:                       "8", // not the one at 60 s
			`sum_over_time({"case.opened"}[5m])`:                         "22",
			`last_over_time({"case.opened"}[5m])`:                        "3",
			`{"case.opened"}`:                                            "3",
			`count_over_time({"case.opened"}[5m] offset 1m)`:             "3",
			`max_over_time(count_over_time({"case.opened"}[2m])[5m:1m])`: "6",
			`count_over_time({"case.opened",office="south"}[5m])`:        "",
		} {
			if got := instant(t, q, expr, 360_000); got != want {
				t.Errorf("%s is %s, want %s", expr, got, want)
			}
		}
	}
}

func TestRulesReadTheStoreOnce(t *testing.T) {
	m := &memory{}
	e := NewEvents(m, DefaultConfig())
	for i := range int64(1000) {
		m.apply(e, ev("a", 1, i*1000))
	}
	m.store()
	q := Sources{Events: e}.ForRules()
	for i := int64(1000); i < 5000; i++ {
		m.apply(e, ev("a", 1, i*1000))
		if i%3 == 0 {
			m.store()
		}
		if got := instant(t, q, `count_over_time(a[5m])`, i*1000); got != "300" {
			t.Fatalf("at %d: %s", i, got)
		}
	}
	if m.reads != 1 {
		t.Errorf("the store was read %d times", m.reads)
	}
	if e.count > 1000 || len(e.applied) > 3 {
		t.Errorf("%d samples and %d blocks are kept", e.count, len(e.applied))
	}
}

func TestQueriesAreBounded(t *testing.T) {
	m := &memory{}
	c := DefaultConfig()
	c.MaxSamples = 1000
	e := NewEvents(m, c)
	for i := range int64(1200) {
		m.apply(e, ev("a", 1, i))
	}
	if got := instant(t, Sources{Events: e}.ForQueries(), `count_over_time(a[5m])`, 5000); !strings.Contains(got, "more than 1000 samples") {
		t.Error(got)
	}
}

// TestAskedBesideEvents has the race detector look.
func TestAskedBesideEvents(t *testing.T) {
	m := &memory{}
	e := NewEvents(m, DefaultConfig())
	s := Sources{Events: e}
	var asking sync.WaitGroup
	for _, q := range []storage.Queryable{s.ForRules(), s.ForRules(), s.ForQueries()} {
		asking.Go(func() {
			for range 50 {
				text, err := dump(q, 0, math.MaxInt64, nil, equal(model.MetricNameLabel, "a"))
				if err != nil || strings.Count(text, "=1 ") > 2000 {
					t.Error(err)
				}
			}
		})
	}
	for i := range int64(2000) {
		m.apply(e, ev("a", 1, (i*7919)%2000))
		if i%10 == 0 {
			m.store()
		}
	}
	asking.Wait()
	if got, _ := dump(s.ForRules(), 0, 3000, nil, equal(model.MetricNameLabel, "a")); strings.Count(got, "=") != 2001 {
		t.Errorf("%d samples", strings.Count(got, "=")-1)
	}
}
