package httpapi

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

func TestPointsAreWrittenAsTheEngineWritesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := engine.Course{Points: rapid.SliceOf(rapid.Custom(func(t *rapid.T) engine.Point {
			return engine.Point{
				T: rapid.Int64Range(0, 1<<52).Draw(t, "t"), N: rapid.Int64Range(-5, 1<<52).Draw(t, "n"),
				Value: rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(1e-7), rapid.Just(1e21)).Draw(t, "value"),
			}
		})).Draw(t, "points")}
		if rapid.Bool().Draw(t, "grouped") {
			c.Tags = []event.Tag{{Key: rapid.String().Draw(t, "key"), Value: rapid.String().Draw(t, "text")}}
		}
		read := func(from json.Marshaler) (v any) {
			text, err := from.MarshalJSON()
			if err == nil {
				err = json.Unmarshal(text, &v)
			}
			if err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			return v
		}
		if got, want := read(course{c}), read(c); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func BenchmarkHistoryJSON60000Points(b *testing.B) {
	c := engine.Course{Points: make([]engine.Point, 60_000)}
	for i := range c.Points {
		c.Points[i] = engine.Point{T: 1_772_449_200_000 + int64(i), Value: 1 / float64(i+1), N: int64(i)}
	}
	for name, v := range map[string]any{"own": course{c}, "engine": c} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := json.Marshal(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
