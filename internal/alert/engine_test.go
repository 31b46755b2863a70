package alert

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func below(limit float64) *Bound { return &Bound{Below, limit} }

// brief writes transitions as "id state@since", one word each.
func brief(found []Transition) string {
	words := make([]string, len(found))
	for i, t := range found {
		words[i] = fmt.Sprintf("%s:%s>%s@%d", t.Position, t.Previous, t.State, t.Since)
	}
	return strings.Join(words, " ")
}

func point(metric string, v float64, ms int64, tags ...event.Tag) event.Event {
	return event.Event{Metric: metric, Value: v, Time: ms, Tags: tags}
}

func TestEachChangeOnce(t *testing.T) {
	e := New([]Rule{{Name: "rate", Metric: "rate", Warning: below(5), Critical: below(2)}}, quiet())
	var got []Transition
	for i, v := range []float64{6, 4, 4, 1, 1, 6} {
		got = append(got, e.Apply(uint64(i+1), event.Of(point("rate", v, int64(i))), int64(i))...)
	}
	if want := "2.1:ok>warning@1 4.1:warning>critical@3 6.1:critical>ok@5"; brief(got) != want {
		t.Errorf("got %s, want %s", brief(got), want)
	}
	if c := got[0].Condition + "; " + got[1].Condition + "; " + got[2].Condition; c != "below 5; below 2; at least 5" {
		t.Errorf("conditions: %s", c)
	}
}
