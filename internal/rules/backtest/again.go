package backtest

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/rules/detect"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

func linesOf(text string) iter.Seq[string] { return strings.SplitSeq(strings.TrimSpace(text), "\n") }

// explainThreshold judges the values of then once more.
func (b *Backtester) explainThreshold(ctx context.Context, x *Explanation, t, before *alert.Transition) error {
	r, err := b.ruleOfThen(x, t)
	if err != nil {
		return err
	}
	from := t.Since - leadMs(&r)
	if before != nil {
		from = min(t.At, before.At)
	}
	if l, err := b.o.KPIs.Get(r.Metric); err == nil {
		return b.explainKPI(ctx, x, t, r, l, from)
	}
	return b.explainMetric(ctx, x, t, before, r)
}

// ruleOfThen is the rule kept with the alert, or the one in force.
func (b *Backtester) ruleOfThen(x *Explanation, t *alert.Transition) (r alert.Rule, err error) {
	inForce := b.o.Thresholds()
	i := slices.IndexFunc(inForce, func(r alert.Rule) bool { return r.Name == t.Rule })
	if x.Rule == "" {
		if i < 0 {
			return r, fmt.Errorf("%w: the rule is gone, and its text of then was not kept", errUnknown)
		}
		x.Rule, x.Hash = inForce[i].Text, inForce[i].Hash()
		return inForce[i], nil
	}
	x.RuleChanged = i < 0 || inForce[i].Hash() != x.Hash
	text, err := json.Marshal(map[string]json.RawMessage{t.Rule: json.RawMessage(x.Rule)})
	if err != nil {
		return r, fmt.Errorf("%w: %w", errUnknown, err)
	}
	var section alert.Thresholds
	d := strict.Decode("rule", text, &section)
	if len(d.Faults()) == 0 {
		d.Place(section.Validate())
	}
	if err := d.Err(); err != nil {
		return r, fmt.Errorf("%w: %w", errUnknown, err)
	}
	r = section.Rules()[0]
	r.DefinitionVersion = x.DefinitionVersion
	return r, nil
}

// Replayer reads events by their number; a store is one.
type Replayer interface {
	Replay(ctx context.Context, f store.Filter, seq, last uint64, yield func(store.Numbered) error) error
}

// explainMetric judges the values in the order of the log, as then, from the last
// time on that the series was ok.
func (b *Backtester) explainMetric(ctx context.Context, x *Explanation, t, before *alert.Transition, r alert.Rule) error {
	events, ok := b.o.Events.(Replayer)
	if !ok {
		return fmt.Errorf("%w: events cannot be read by their number", errUnknown)
	}
	after := uint64(0)
	if before != nil {
		after = before.Position.Seq
	}
	e := alert.New([]alert.Rule{r}, slog.New(slog.DiscardHandler))
	last := alert.Transition{State: alert.OK}
	note := func(all []alert.Transition) {
		for _, c := range all {
			if slices.Equal(c.Tags, t.Tags) {
				last = c
			}
		}
	}
	err := events.Replay(ctx, store.Filter{Metrics: []string{r.Metric}, Tags: t.Tags}, after, t.Position.Seq, func(n store.Numbered) error {
		note(e.Replay(n.Seqs, n.Block))
		if i := len(n.Seqs) - 1; i >= 0 && n.Seqs[i] == t.Position.Seq {
			is := n.Block.Row(i)
			is.Seq = n.Seqs[i]
			x.Event = &is
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	note(e.Tick(t.At))
	x.Judged = last.State
	for _, s := range e.States() {
		if slices.Equal(s.Tags, t.Tags) {
			now := reading(s.Value, 0, last.Condition)
			x.Now = &now
		}
	}
	return nil
}

// explainKPI judges the KPI up to the instant of then.
func (b *Backtester) explainKPI(ctx context.Context, x *Explanation, t *alert.Transition, r alert.Rule, l engine.Listed, from int64) error {
	const most = 7 * dayMs
	k := &kpiTrial{b: b, rule: r, of: l.Definition, grouped: len(r.By) > 0}
	if th := l.Definition.Thresholds; th != nil {
		k.minN = th.MinN
	}
	if v := r.DefinitionVersion; v != 0 && v != l.Current.Number {
		if _, err := b.o.KPIs.Value(engine.Question{KPI: l.Name, At: t.At + 1, Now: t.At + 1, Version: v}); err == nil {
			k.version = v
		} else {
			x.Reason = fmt.Sprintf("version %d of %s no longer goes on: it was judged by version %d", v, l.Name, l.Current.Number)
		}
	}
	rec := newRecorder(Request{From: max(from, t.At-most), To: t.At + 2}, b.o.Limits)
	if err := k.run(ctx, rec); err != nil {
		return err
	}
	x.Judged = alert.OK
	for _, f := range rec.open {
		if slices.Equal(f.first.Tags, t.Tags) {
			x.Judged = f.State
		}
	}
	q := engine.Question{KPI: l.Name, At: t.Timestamp + 1, Now: t.Timestamp + 1, Version: k.version}
	if k.grouped {
		q.By = l.Definition.By
	}
	a, err := b.o.KPIs.Value(q)
	if err != nil {
		return err
	}
	for _, s := range a.Series {
		if slices.Equal(withValue(s.Tags), t.Tags) {
			now := reading(s.Value, s.N, "")
			x.Now = &now
		}
	}
	x.Window = &detect.Span{From: a.From, To: a.At}
	b.change(ctx, x, t)
	return nil
}

// withValue leaves out tags without one, and orders the others.
func withValue(tags []event.Tag) (all []event.Tag) {
	for _, t := range tags {
		if t.Value != "" {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b event.Tag) int { return strings.Compare(a.Key, b.Key) })
	return all
}
