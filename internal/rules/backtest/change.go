package backtest

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/rules/explain"
)

// change finds once more what holds most of the KPI's change, and whether that is
// what was found when the alert fired.
func (b *Backtester) change(ctx context.Context, x *Explanation, t *alert.Transition) {
	if x.Window == nil {
		return
	}
	x.Change = rules.Change(ctx, b.o.KPIs, t.Kind, t.Metric, x.Window.From, x.Window.To)
	x.ChangeSame = x.Change != nil && x.ChangeThen != nil && slices.Equal(account(*x.Change), account(*x.ChangeThen))
}

// account is what a change says, without how far the log had come.
func account(r explain.Result) []byte {
	r.Watermark, r.Seq, r.DefinitionVersion = 0, 0, 0
	text, _ := json.Marshal(r) // as it is sent
	return text
}
