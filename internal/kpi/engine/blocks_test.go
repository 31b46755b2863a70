package engine

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
)

// Large blocks are evaluated side by side, small ones in turn: answers are alike.
func TestBlocksOfAnySizeAnswerAlike(t *testing.T) {
	defaults, err := define.Defaults()
	if err != nil {
		t.Fatal(err)
	}
	answers := func(blocks []*event.Block) (all []kpi.Series) {
		e, seq := newEngine(&past{}), uint64(1)
		defer func() { _ = e.Close() }()
		e.Configure(kpi.Env{}, nil, defaults, 0)
		e.Filled()
		for _, b := range blocks {
			e.Apply(seq, b, b.Times[0])
			seq += uint64(b.Len())
		}
		for _, d := range defaults {
			a, err := e.Value(Question{KPI: d.Name, At: 1_700_000_000_000 + 15*24*hour, By: []string{"office"}})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, a.Series...)
		}
		return all
	}
	large, small := answers(append(month(1000, 2000), pressed(1000, 20)...)), answers(append(month(7, 2000), pressed(50, 400)...))
	if len(large) < len(defaults)+8 {
		t.Fatalf("%d series", len(large))
	}
	for i := range large {
		if one, other := text(t, large[i]), text(t, small[i]); one != other {
			t.Errorf("%s, in small blocks %s", one, other)
		}
	}
}

func text(t *testing.T, s kpi.Series) string {
	figures, err := json.Marshal(s.Figures)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(s.Tags, s.Value, s.N, s.Verdict, string(figures))
}
