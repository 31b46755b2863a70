package store

import (
	"context"
	"math"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// AlertFinder answers questions about alerts, as a Store does.
type AlertFinder interface {
	FindAlerts(ctx context.Context, q AlertQuery) ([]alert.Transition, error)
}

// Alert finds the change of state that has an id; known is false where none has.
func Alert(ctx context.Context, f AlertFinder, id string) (t alert.Transition, known bool, err error) {
	p, err := alert.ParsePosition(id)
	if err != nil || p.N == math.MaxUint32 {
		return t, false, nil //nolint:nilerr // what is no id is nobody's
	}
	all, err := f.FindAlerts(ctx, AlertQuery{Before: &alert.Position{Seq: p.Seq, N: p.N + 1}, Limit: 1})
	if err != nil || len(all) == 0 || all[0].Position != p {
		return t, false, err
	}
	return all[0], true, nil
}
