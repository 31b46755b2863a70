package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// A judgement is a message of the log that is no block of events: what was
// found by values that are not in the log or by the passing of time. It is
// judged when it is read, as an event is, so that alerts are a function of the
// log. docs/formats/log.md describes the encoding.
const judgementMagic = "HMJ\x01"

// The kinds of judgements.
const (
	observed = 'o' // values of KPIs that may change how thresholds stand
	elapsed  = 't' // the time until a waiting condition is over
	found    = 'f' // what rules other than thresholds found
)

var errJudgement = errors.New("a judgement that this program does not know")

// isJudgement tells a judgement from a block.
func isJudgement(data []byte) bool {
	return len(data) > len(judgementMagic) && string(data[:len(judgementMagic)]) == judgementMagic
}

// judgement is one that this program makes.
type judgement struct {
	kind   byte
	values *event.Block // of KPIs, where they were observed
}

func newJudgement(kind byte) []byte { return append([]byte(judgementMagic), kind) }

// judge applies a judgement. It holds p.mu.
func (p *Pipeline) judge(data []byte) ([]alert.Transition, error) {
	kind, body := data[len(judgementMagic)], data[len(judgementMagic)+1:]
	switch kind {
	case observed:
		values, err := event.DecodeBlock(body)
		if err != nil {
			return nil, err
		}
		return p.o.Judge.Observe(values, p.clock), nil
	case elapsed:
		p.ticking = false
		return p.o.Judge.Tick(p.clock), nil
	case found:
		var all []alert.Transition
		if err := json.Unmarshal(body, &all); err != nil {
			return nil, err
		}
		return p.o.Judge.Found(all, p.clock), nil
	}
	return nil, fmt.Errorf("%w: %q", errJudgement, kind)
}

// observe has values of KPIs judged if that changes anything. It holds p.mu.
func (p *Pipeline) observe(values *event.Block, now time.Time) {
	if values == nil {
		return
	}
	matters := p.o.Judge.Consider(values, event.Millis(now))
	if !slices.Contains(matters, true) {
		return
	}
	var b event.Builder
	b.AppendRows(values, matters)
	p.say(judgement{observed, b.Block()})
}

// elapse has conditions counted whose time is up. It holds p.mu.
func (p *Pipeline) elapse(now time.Time) {
	if at, waits := p.o.Judge.NextDeadline(); waits && at <= event.Millis(now) && !p.ticking {
		p.ticking = true
		p.say(judgement{kind: elapsed})
	}
}

// maxUnsaid bounds what waits for a log that does not take it: the oldest
// values give way, later ones stand for them.
const maxUnsaid = 1000

// say has a judgement appended to the log soon. It holds p.mu.
func (p *Pipeline) say(j judgement) {
	if len(p.unsaid) >= maxUnsaid {
		oldest := slices.IndexFunc(p.unsaid, func(j judgement) bool { return j.kind == observed })
		p.unsaid = slices.Delete(p.unsaid, oldest, oldest+1) // at most one is about time
	}
	p.unsaid = append(p.unsaid, j)
	p.changed.Broadcast()
}

// write appends judgements to the log, in order, until ctx ends.
func (p *Pipeline) write(ctx context.Context) {
	for {
		p.mu.Lock()
		for len(p.unsaid) == 0 && ctx.Err() == nil {
			p.changed.Wait()
		}
		if ctx.Err() != nil {
			p.mu.Unlock()
			return
		}
		next := p.unsaid[0]
		p.unsaid = p.unsaid[1:]
		p.mu.Unlock()
		data := p.written(ctx, next)
		for failed := false; ctx.Err() == nil; failed = true {
			err := p.o.Append(ctx, data)
			if err == nil {
				break
			}
			if !failed {
				p.o.Logger.Warn("what thresholds found waits for the event log, and is tried again", "error", err)
			}
			select {
			case <-time.After(retryAfter):
			case <-ctx.Done():
			}
		}
	}
}

// written is a judgement as it goes into the log.
func (p *Pipeline) written(ctx context.Context, j judgement) []byte {
	data := newJudgement(j.kind)
	if j.values == nil {
		return data
	}
	if p.o.Witness != nil {
		j.values = p.o.Witness(ctx, j.values)
	}
	return j.values.AppendBinary(data)
}

// Report takes what rules found, every series of theirs that is not ok, at an
// instant. What of it is a change is in the log when Report returns.
func (p *Pipeline) Report(ctx context.Context, rules []alert.RuleID, all []alert.Transition, at int64) error {
	return p.Tell(ctx, p.o.Judge.Differences(rules, all, at))
}

// Tell takes how some series stand, ok ones included.
func (p *Pipeline) Tell(ctx context.Context, all []alert.Transition) error {
	const most = 500 // series a message
	for len(all) > 0 {
		n := min(most, len(all))
		text, err := json.Marshal(all[:n])
		if err != nil {
			return err
		}
		if err := p.o.Append(ctx, append(newJudgement(found), text...)); err != nil {
			return fmt.Errorf("alerts wait for the event log: %w", err)
		}
		all = all[n:]
	}
	return nil
}
