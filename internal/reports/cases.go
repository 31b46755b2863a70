package reports

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// Breaches are the cases whose deadline passed within the span before they ended.
type Breaches struct {
	KPI   string   `json:"kpi,omitempty" doc:"The KPI that holds the cases against a clock; absent where none does."`
	Count int      `json:"count" doc:"How many clocks were breached within the span."`
	Open  int      `json:"open" doc:"How many of them are still open."`
	Shown []Breach `json:"shown" nullable:"false" doc:"Those still open first, the longest overrun first; 20 at most."`
	Cut   bool     `json:"cut" doc:"Whether there were more cases than are looked at: then there may be more breaches."`
}

// Breach is one clock that was breached.
type Breach struct {
	CaseID    string            `json:"caseId"`
	Goal      string            `json:"goal,omitempty"`
	Tags      map[string]string `json:"tags"`
	Deadline  int64             `json:"deadline" doc:"When it was breached, in ms since 1970 UTC."`
	Ended     *int64            `json:"ended" nullable:"true" doc:"When the case ended; null while it is open."`
	OverrunMs int64             `json:"overrunMs" doc:"How long after the deadline it ended, or has been open."`
}

// casePage is how many cases are asked for at a time, mostCases at all.
const (
	casePage  = 2000
	mostCases = 40_000
)

func (s Sources) breaches(ctx context.Context, of *Summary, now int64) (Breaches, error) {
	out := Breaches{Shown: []Breach{}}
	for _, which := range []kpi.CaseSelection{kpi.OpenCases, kpi.ClosedCases} {
		err := s.walk(ctx, which, now, &out, func(r kpi.CaseRow) bool {
			if b, breached := breachOf(r, of); breached {
				out.Count++
				if b.Ended == nil {
					out.Open++
				}
				out.Shown = append(out.Shown, b)
			}
			// Open ones come breached first, closed ones the last closed first.
			return r.Ended == nil && r.State == kpi.CaseBreached || r.Ended != nil && *r.Ended >= of.From
		})
		if errors.Is(err, engine.ErrUnknown) || errors.Is(err, engine.ErrQuestion) {
			return Breaches{Shown: []Breach{}}, nil // no KPI holds cases against a clock
		}
		if err != nil {
			return Breaches{}, err
		}
	}
	slices.SortStableFunc(out.Shown, func(a, b Breach) int {
		closed := func(x Breach) int {
			if x.Ended != nil {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(closed(a), closed(b)), cmp.Compare(b.OverrunMs, a.OverrunMs))
	})
	out.Shown = out.Shown[:min(len(out.Shown), shownAtMost)]
	return out, nil
}

// walk goes through the cases until take says that it is enough.
func (s Sources) walk(ctx context.Context, which kpi.CaseSelection, now int64, out *Breaches, take func(kpi.CaseRow) bool) error {
	q := kpi.CaseQuery{At: now, Select: which, Order: kpi.NextBreach, Limit: casePage}
	for seen := 0; seen < mostCases; {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, rows, err := s.Cases.Cases("", q)
		if err != nil {
			return err
		}
		out.KPI = found.Definition.Name
		for _, r := range rows {
			if !take(r) {
				return nil
			}
		}
		if len(rows) < q.Limit {
			return nil
		}
		seen += len(rows)
		q.After = &rows[len(rows)-1].Cursor
	}
	out.Cut = true
	return nil
}

func breachOf(r kpi.CaseRow, of *Summary) (Breach, bool) {
	if r.Deadline == nil || r.OverrunMs == nil || *r.Deadline < of.From || *r.Deadline >= of.To {
		return Breach{}, false
	}
	return Breach{CaseID: r.CaseID, Goal: r.Goal, Tags: r.Tags, Deadline: *r.Deadline, Ended: r.Ended, OverrunMs: *r.OverrunMs}, true
}
