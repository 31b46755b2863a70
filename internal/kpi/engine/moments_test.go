package engine

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// Between two moments nothing changes, as the value as of every millisecond says.
func TestMomentsAreWhereValuesChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &past{}
		e := newEngine(p)
		defer func() { _ = e.Close() }()
		e.Configure(kpi.Env{}, []*kpi.Definition{definition(t, `{name: rate, type: throughput, event: case.resolved, window: 1s}`)}, nil, 0)
		e.Filled()
		for _, at := range rapid.SliceOfN(rapid.Int64Range(0, 4000), 0, 12).Draw(t, "events") {
			e.give(p, resolved(at, "north"))
		}
		span := Span{From: rapid.Int64Range(-10, 2000).Draw(t, "from")}
		span.To = span.From + rapid.Int64Range(1, 3000).Draw(t, "length")
		step := rapid.SampledFrom([]int64{0, 0, 7, 100}).Draw(t, "step")
		span.Step = time.Duration(step) * time.Millisecond
		all, more, err := e.Moments(t.Context(), Question{KPI: "rate"}, span, 1000)
		if err != nil || more {
			t.Fatal(more, err)
		}
		if all[0] != span.From || !slices.IsSorted(all) || all[len(all)-1] > span.To {
			t.Fatal(all)
		}
		values := map[int64]float64{}
		if _, err := e.Values(t.Context(), Question{KPI: "rate"}, slices.Values(all), func(at int64, s []kpi.Series) bool {
			values[at] = s[0].Value
			return true
		}); err != nil || len(values) != len(all) {
			t.Fatal(len(values), err)
		}
		last := math.NaN()
		for at := span.From; at <= span.To; at++ {
			if v, known := values[at]; known {
				last = v
			}
			if step == 0 || at%step == 0 || at == span.From {
				if is := value(t, e, "rate", at); is != last && !(math.IsNaN(is) && math.IsNaN(last)) {
					t.Fatalf("as of %d it is %v, not %v; moments %v", at, is, last, all)
				}
			}
		}
		if few, more, err := e.Moments(t.Context(), Question{KPI: "rate"}, span, 1); err != nil || len(few) != 1 || more != (len(all) > 1) {
			t.Fatal(few, more, err)
		}
	})
}

func TestMomentsOfAnUnknownKPI(t *testing.T) {
	e := newEngine(&past{})
	defer func() { _ = e.Close() }()
	if _, _, err := e.Moments(t.Context(), Question{KPI: "nothing"}, Span{To: 1}, 1); err == nil {
		t.Error("no error")
	}
	if _, err := e.Values(t.Context(), Question{KPI: "nothing", At: event.Millis(time.Unix(0, 0))}, slices.Values([]int64{1}), nil); err == nil {
		t.Error("no error")
	}
}
