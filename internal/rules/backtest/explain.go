package backtest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/rules/detect"
	"github.com/hms-ops/hms-monitor/internal/rules/explain"
	"github.com/hms-ops/hms-monitor/internal/rules/own"
)

// Explanation is an alert judged once more, from the events stored by now.
type Explanation struct {
	// Judged is the state found now; "" where it could not be judged.
	Judged alert.State `json:"judged,omitempty"`
	// Same: the verdict is the one of then.
	Same bool `json:"same"`
	// Reason says why it is not, or why it could not be judged.
	Reason string `json:"reason,omitempty"`

	// Rule is the text that was judged by, Hash tells versions of it apart.
	// RuleChanged: the rule in force is another by now.
	Rule        string `json:"rule,omitempty"`
	Hash        string `json:"hash,omitempty"`
	RuleChanged bool   `json:"ruleChanged"`
	// DefinitionVersion is that of the KPI then; 0 where there was none.
	DefinitionVersion int `json:"definitionVersion,omitempty"`

	// Then is what was judged, Now the same as known by now.
	Then Reading  `json:"then"`
	Now  *Reading `json:"now,omitempty"`
	// Window is what was judged, ms.
	Window *detect.Span `json:"window,omitempty"`
	// Evidence is what the rule goes by now, in the shape of its kind.
	Evidence json.RawMessage `json:"evidence,omitempty"`
	// Event is the one that brought the alert about, for a threshold on a metric.
	Event *event.Event `json:"-"`
	// Change says which values of tags hold most of the difference to before.
	Change *explain.Result `json:"change,omitempty"`
	// ChangeThen is what was found when the alert fired, and kept with it;
	// ChangeSame: Change says the same.
	ChangeThen *explain.Result `json:"changeThen,omitempty"`
	ChangeSame bool            `json:"changeSame,omitempty"`
}

// Reading is a value with what it rests on.
type Reading struct {
	Value     *float64 `json:"value"`
	N         int64    `json:"n,omitempty"`
	Condition string   `json:"condition,omitempty"`
}

func reading(v float64, n int64, condition string) Reading {
	r := Reading{N: n, Condition: condition}
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		r.Value = &v
	}
	return r
}

// noted is what all evidence has.
type noted struct {
	Rule              string          `json:"rule"`
	Text              json.RawMessage `json:"text"`
	DefinitionVersion int             `json:"definitionVersion"`
	At                int64           `json:"at"`
	Window            *detect.Span    `json:"window"`
	Change            *explain.Result `json:"change"`
}

// Explain judges an alert once more. Before is the last transition of its series
// before it that was ok, nil for none: what lies before does not matter.
func (b *Backtester) Explain(ctx context.Context, t alert.Transition, before *alert.Transition) (Explanation, error) {
	var evidence noted
	if len(t.Evidence) > 0 {
		if err := json.Unmarshal(t.Evidence, &evidence); err != nil {
			return Explanation{}, fmt.Errorf("the evidence of %s cannot be read: %w", t.Position, err)
		}
	}
	x := Explanation{
		Then: reading(t.Value, t.N, t.Condition), Hash: evidence.Rule, Window: evidence.Window,
		DefinitionVersion: evidence.DefinitionVersion, Rule: textOf(evidence.Text), ChangeThen: evidence.Change,
	}
	limited, cancel := context.WithTimeout(ctx, b.o.Limits.Time)
	defer cancel()
	var err error
	switch t.Kind {
	case alert.KindThreshold:
		err = b.explainThreshold(limited, &x, &t, before)
	case rules.KindExternal:
		err = fmt.Errorf("%w: another system judged it", errUnknown)
	case own.Kind:
		err = fmt.Errorf("%w: it is about the server at that instant, not about events", errUnknown)
	case string(PromQL):
		err = b.explainPromQL(limited, &x, &t)
	default:
		err = b.explainDetector(limited, &x, &t, evidence)
	}
	switch {
	case errors.Is(err, errUnknown), errors.Is(err, engine.ErrQuestion), errors.Is(err, engine.ErrUnknown), errors.Is(err, ErrNotReady), errors.Is(err, ErrRange):
		x.Reason = err.Error()
		return x, nil
	case err != nil && ctx.Err() == nil && limited.Err() != nil:
		x.Reason = fmt.Sprintf("it took longer than %v", b.o.Limits.Time)
		return x, nil
	case err != nil:
		return x, err
	}
	x.Same = x.Judged == t.State
	if !x.Same && x.Reason == "" {
		x.Reason = "what is stored by now says otherwise: events came late, or business hours and definitions have changed"
	}
	return x, nil
}

var errUnknown = errors.New("it cannot be judged once more")

// textOf is a text, or JSON as it is.
func textOf(raw json.RawMessage) (text string) {
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// take notes what is found of a series.
func (x *Explanation) take(t *alert.Transition, all []alert.Transition) {
	x.Judged = alert.OK
	for i := range all {
		slices.SortFunc(all[i].Tags, func(a, b event.Tag) int { return cmp.Compare(a.Key, b.Key) })
		if all[i].Rule == t.Rule && slices.Equal(all[i].Tags, t.Tags) {
			x.Judged, x.Evidence = all[i].State, all[i].Evidence
			now := reading(all[i].Value, all[i].N, all[i].Condition)
			x.Now = &now
		}
	}
}

// explainDetector judges the instant of then with the rule in force, where that
// is the one of then.
func (b *Backtester) explainDetector(ctx context.Context, x *Explanation, t *alert.Transition, evidence noted) error {
	text, hash := x.Rule, ""
	if b.o.Groups != nil {
		for _, g := range b.o.Groups() {
			for _, s := range g.Rules {
				if s.Rule == t.Rule && s.Kind == t.Kind {
					hash = s.Hash
					if text == "" && hash == evidence.Rule {
						text = s.Text
					}
				}
			}
		}
	}
	x.RuleChanged = hash != evidence.Rule
	if text == "" {
		return fmt.Errorf("%w: the rule has changed since, and its text of then was not kept", errUnknown)
	}
	x.Rule = text
	r, faults := b.readDetector("rule", []byte(text))
	if len(faults) > 0 {
		return fmt.Errorf("%w: the rule no longer fits the KPIs that there are: %w", errUnknown, faults[0])
	}
	defer r.end()
	at := evidence.At
	if t.State == alert.OK {
		at = t.Since
	}
	trial := r.trials[0].(*groupTrial)
	if trial.past != nil {
		if err := trial.past.reach(ctx, at, at); err != nil {
			return err
		}
	}
	all, err := trial.group.Evaluate(ctx, at)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnknown, err)
	}
	x.take(t, all)
	b.change(ctx, x, t)
	return nil
}

// explainPromQL evaluates the rule in force over the time before the alert.
func (b *Backtester) explainPromQL(ctx context.Context, x *Explanation, t *alert.Transition) error {
	text := ""
	if b.o.Groups != nil {
		for _, g := range b.o.Groups() {
			for _, s := range g.Rules {
				if s.Rule == t.Rule && s.Kind == t.Kind && (x.Hash == "" || s.Hash == x.Hash) {
					x.Hash, x.Rule = s.Hash, s.Text
					text = fmt.Sprintf("groups:\n- name: again\n  interval: %dms\n  rules:\n%s", g.Interval.Milliseconds(), indented(s.Text))
				}
			}
		}
	}
	if text == "" {
		x.RuleChanged = true
		return fmt.Errorf("%w: the rule has changed since, or is gone", errUnknown)
	}
	r, faults := b.readPromQL("rule", []byte(text))
	if len(faults) > 0 {
		return fmt.Errorf("%w: %w", errUnknown, faults[0])
	}
	defer r.end()
	rec := newRecorder(Request{From: min(t.Since, t.At) - 3_600_000, To: t.At + 1}, b.o.Limits)
	for _, trial := range r.trials {
		group := trial.(*groupTrial).group
		for _, at := range append(trial.(*groupTrial).instants(rec), t.At) {
			if err := ctx.Err(); err != nil {
				return err
			}
			all, err := group.Evaluate(ctx, at)
			if err != nil {
				return fmt.Errorf("%w: %w", errUnknown, err)
			}
			if at == t.At {
				x.take(t, all)
			}
		}
	}
	return nil
}

// indented makes a list entry of the text of a rule.
func indented(text string) string {
	var out []byte
	for i, line := range slices.Collect(linesOf(text)) {
		if i == 0 {
			out = append(out, "  - "...)
		} else {
			out = append(out, "    "...)
		}
		out = append(append(out, line...), '\n')
	}
	return string(out)
}
