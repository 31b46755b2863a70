package detect

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// answered gives a day's answers: each score as often as said.
func answered(day int64, office string, scores map[int]int) (all []event.Event) {
	n := 0
	for score := range 11 {
		for range scores[score] {
			n++
			at := monday + day*days + int64(n)*minute
			all = append(all, point("survey.answered", float64(score), at, "surveyId", fmt.Sprint(office, day, "-", n), "office", office))
		}
	}
	return all
}

// The baseline has mean 4 and standard deviation 1 (4 ± 1, as often); days of 16
// answers have means with a deviation of 1/4. From day 42 on the mean is 3.5: 2
// deviations below. Each day is held against all before it, 608 answers of mean 4 at
// first: 0.5 * sqrt(608*16/624) = 1.974 deviations, then 1.924, 1.877 and 1.832 while
// the mean follows; less the slack of 0.5 that is 5.606 on the fourth day, above 5. That
// the deviation is known by 448 answers alone takes 0.03 of it.
func TestDriftByHand(t *testing.T) {
	b := newBench(t, nil, `
kpis:
  - {name: stars, type: satisfaction, instrument: stars5, by: [office]}
  - {name: nps, type: satisfaction, instrument: nps, answered: nps.answered, sent: ""}
`)
	for day := range int64(50) {
		scores := map[int]int{3: 8, 5: 8}
		if day >= 42 {
			scores = map[int]int{3: 12, 5: 4}
		}
		b.give(answered(day, "north", scores)...)
		b.give(answered(day, "south", map[int]int{3: 8, 5: 8})...)
	}
	g := b.detector(`{name: drift, type: satisfaction_drift, kpi: stars, by: [office], span: 14d, baseline: 28d}`)
	for i, want := range []int{0, 0, 0, 0, 1, 1} {
		if all := evaluate(t, g, monday+int64(42+i)*days+hour); len(all) != want {
			t.Errorf("day %d: %+v", 42+i, told(all))
		}
	}
	all := evaluate(t, g, monday+46*days)
	if len(all) != 1 {
		t.Fatal(all)
	}
	a := all[0]
	var e struct {
		Window, Base Span
		Figures      DriftFigures
	}
	if err := json.Unmarshal(a.Evidence, &e); err != nil {
		t.Fatal(err)
	}
	if a.Since != monday+42*days || a.Value != 3.5 || a.N != 64 || fmt.Sprint(a.Tags) != "[{office north}]" ||
		a.Condition != "3.5 stars of 64 since 2026-04-13 against 4 stars of 448 before: cumulative sum of 5.58 standard deviations, limit 5" ||
		math.Abs(e.Figures.Sum-5.6064) > 0.03 || !near(e.Figures.Deviation, 1) || e.Base != (Span{monday + 4*days, monday + 32*days}) || e.Window.From != a.Since {
		t.Errorf("%+v\n%+v", a, e)
	}
	if all := evaluate(t, b.detector(`{name: drift, type: satisfaction_drift, kpi: stars, by: [office], span: 14d, baseline: 28d, direction: high}`), monday+46*days); len(all) != 0 {
		t.Errorf("upwards %+v", all)
	}
	if all := evaluate(t, b.detector(`{name: drift, type: satisfaction_drift, kpi: stars, by: [office], span: 14d, baseline: 28d, min_n: 500}`), monday+46*days); len(all) != 0 {
		t.Errorf("over too few answers %+v", all)
	}
}

func TestSpreadOfEachInstrument(t *testing.T) {
	for instrument, want := range map[string]float64{
		"stars5": math.Sqrt((25*2+9+1)/4.0 - 3.5*3.5), // 5 5 3 1
		"csat5":  0.5,
	} {
		b := newBench(t, nil, `kpis: [{name: k, type: satisfaction, instrument: `+instrument+`}]`)
		b.give(answered(0, "x", map[int]int{5: 2, 3: 1, 1: 1})...)
		a, err := b.Value(question("k", monday+days))
		if err != nil {
			t.Fatal(err)
		}
		if got := spread(a.Definition, a.Series[0]); !near(got, want) {
			t.Errorf("%s: %v, want %v", instrument, got, want)
		}
	}
	// Of four, two count 100, one 0 and one -100: mean 25, squares 7500.
	b := newBench(t, nil, `kpis: [{name: k, type: satisfaction, instrument: nps}]`)
	b.give(answered(0, "x", map[int]int{10: 2, 7: 1, 2: 1})...)
	a, err := b.Value(question("k", monday+days))
	if err != nil {
		t.Fatal(err)
	}
	if got := spread(a.Definition, a.Series[0]); !near(got, math.Sqrt(7500-25*25)) || !strings.Contains(a.Definition.Type, "satis") {
		t.Error(got)
	}
}
