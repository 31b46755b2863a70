package detect

import (
	"context"
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// openConflicts is a ConflictSpike that looks at conflicts which stay open.
type openConflicts struct {
	*ConflictSpike
	options
}

func (o *openConflicts) looks() looks { return grid(ms(o.Every)) }

const mostOpen = 50

// OpenFigures is the evidence of conflicts that stay open.
type OpenFigures struct {
	LongerThanMs int64 `json:"longerThanMs"`
	// Conflicts are the oldest of them.
	Conflicts []engine.Conflict `json:"conflicts"`
}

// judge implements detector.
func (o *openConflicts) judge(_ context.Context, t int64, _ float64) ([]finding, error) {
	a, err := o.source.Value(engine.Question{KPI: o.KPI, At: t, Now: t, Window: time.Millisecond})
	if err := ready(&a, err); err != nil {
		return nil, err
	}
	var open []engine.Conflict
	for _, c := range o.source.Conflicts(t) {
		if c.KPI == o.KPI && t-c.Since > ms(o.LongerThan) {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	oldest := open[0] // the oldest come first
	f := finding{
		ratio: 1, value: float64(len(open)), n: int64(len(open)), since: oldest.Since + ms(o.LongerThan) + 1,
		condition: fmt.Sprintf("%d open for longer than %v, the oldest on case %s for %s", len(open), o.LongerThan, oldest.CaseID, lengthText(t-oldest.Since)),
	}
	f.summary = fmt.Sprintf("%s: conflicts are not cleared: %s", a.Definition.Label(), f.condition)
	f.evidence = evidence(&a, t, Span{oldest.Since, t}, &f)
	f.evidence.Figures = OpenFigures{ms(o.LongerThan), open[:min(len(open), mostOpen)]}
	return []finding{f}, nil
}
