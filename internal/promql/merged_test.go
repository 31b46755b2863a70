package promql

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
)

func eventsOnly(string) bool { return true }

func TestWhatIsMerged(t *testing.T) {
	for expr, want := range map[string]string{
		`sum by (office) (count_over_time({"case.opened"}[5m]))`:    `by.office`,
		`sum(count_over_time(a[5m] offset 1m)) > 3`:                 `by`,
		`max without (caseId) ((max_over_time(a{office!=""}[5m])))`: `without.caseId`,
		`group by (b, a) (present_over_time(a[5m]))`:                `by.a.b`,
		`sum(sum_over_time(a[5m]))`:                                 ``, // rounded otherwise in another order
		`count(count_over_time(a[5m]))`:                             ``, // counts series
		`avg by (office) (count_over_time(a[5m]))`:                  ``,
		`sum(count_over_time({__name__=~"a.*"}[5m]))`:               ``,
		`sum(a)`:                              ``,
		`sum(count_over_time(a[5m]) > 3)`:     ``,
		`sum(count_over_time(sum(a)[5m:1m]))`: ``,
		`topk(3, count_over_time(a[5m]))`:     ``,
		`quantile by (office) (0.9, count_over_time({"case.opened"}[5m]))`: ``,
	} {
		got := ""
		if _, rest, merged := strings.Cut(Merged(expr, eventsOnly), keptLabel+`="`); merged {
			got, _, _ = strings.Cut(rest, `"`)
		}
		if got = strings.ReplaceAll(got, `\x00`, "."); got != want {
			t.Errorf("%s keeps %q, want %q", expr, got, want)
		}
	}
	if expr := `sum(count_over_time(a[5m]))`; Merged(expr, func(string) bool { return false }) != expr {
		t.Error("the series of what is no event were merged")
	}
}

// A merged expression has the values of the one that was written, whoever asks,
// at an instant and at steps.
func TestMergedIsTheSame(t *testing.T) {
	engine := NewEngine(DefaultConfig(), time.Minute, nil)
	at := func(q storage.Queryable, expr string, ms int64) string {
		query, err := engine.NewInstantQuery(t.Context(), q, nil, expr, time.UnixMilli(ms))
		if err != nil {
			return err.Error()
		}
		defer query.Close()
		r := query.Exec(t.Context())
		if v, ok := r.Value.(promql.Vector); ok {
			slices.SortFunc(v, func(a, b promql.Sample) int { return cmp.Compare(a.Metric.String(), b.Metric.String()) })
		}
		return r.String()
	}
	rapid.Check(t, func(rt *rapid.T) {
		m := &memory{}
		e := NewEvents(m, DefaultConfig())
		for range rapid.IntRange(0, 40).Draw(rt, "events") {
			one := ev("a", float64(rapid.IntRange(-3, 3).Draw(rt, "value")), rapid.Int64Range(0, 60).Draw(rt, "time")*10_000)
			for _, key := range []string{"office", "team", "case"} {
				if v := rapid.SampledFrom([]string{"-", "", "1", "2", "3"}).Draw(rt, key); v != "-" {
					one.Tags = append(one.Tags, event.Tag{Key: key, Value: v})
				}
			}
			m.apply(e, one)
		}
		m.store()
		selector := rapid.SampledFrom([]string{`a`, `a{team="1"}`, `a{team!="1"}`, `a{office=~"1|2", case!=""}`, `a{case=""}`}).Draw(rt, "selector")
		grouping := rapid.SampledFrom([]string{"", "by (office)", "by (office, team)", "without (case)", "without (case, team)"}).Draw(rt, "grouping")
		inner := rapid.SampledFrom([]string{"sum %s (count_over_time(", "max %s (max_over_time(", "min %s (min_over_time(", "group %s (present_over_time("}).Draw(rt, "function")
		width := rapid.SampledFrom([]string{"30s", "1m", "5m"}).Draw(rt, "range")
		expr := strings.ReplaceAll(inner, "%s", grouping) + selector + "[" + width + "]))"
		merged := Merged(expr, eventsOnly)
		if merged == expr {
			rt.Fatalf("%s is not merged", expr)
		}
		s := Sources{Events: e}
		onward := s.ForPast()
		for ms := int64(0); ms < 700_000; ms += 20_000 {
			want := at(s.ForQueries(), expr, ms)
			for name, q := range map[string]storage.Queryable{"rules": s.ForRules(), "queries": s.ForQueries(), "past": onward} {
				if got := at(q, merged, ms); got != want {
					rt.Fatalf("%s, %s at %d:\n%s\nwant\n%s", name, merged, ms, got, want)
				}
			}
			if got := at(onward, expr, ms); got != want {
				rt.Fatalf("past, %s at %d:\n%s\nwant\n%s", expr, ms, got, want)
			}
		}
	})
}
