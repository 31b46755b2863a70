package backtest

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// metricTrial is a threshold on the values of a metric.
type metricTrial struct {
	b    *Backtester
	rule alert.Rule
}

const (
	dayMs = 24 * 3_600_000
	// sliceMs is how much of the past is read at once, unless it holds more than
	// sliceRows: events are sorted by their time, for which they are in memory.
	sliceMs   = 31 * dayMs
	sliceRows = 500_000
)

// leadMs is how long before the range a threshold begins to judge, so that it
// stands at its begin as it would.
func leadMs(r *alert.Rule) int64 { return max(dayMs, 2*(r.For+r.KeepFiringFor+r.NoData)) }

func (m *metricTrial) run(ctx context.Context, r *recorder) error {
	e := alert.New([]alert.Rule{m.rule}, slog.New(slog.DiscardHandler))
	from := r.from - leadMs(&m.rule)
	e.Observe(event.Of(), from) // expected series are missed from then on
	tell := func(all []alert.Transition) error {
		for _, t := range all {
			if err := r.take(t, t.At); err != nil {
				return err
			}
		}
		return nil
	}
	for length := int64(sliceMs); from < r.to; {
		to := min(from+length, r.to)
		r.through = max(r.from, from)
		seqs, values, err := m.read(ctx, from, to)
		if errors.Is(err, errTooMany) && length > 1 {
			length /= 2
			continue
		}
		if err != nil {
			return err
		}
		if values.Len() > 0 {
			r.judged += values.Len()
			if err := tell(e.Replay(seqs, values)); err != nil {
				return err
			}
		}
		from = to
	}
	r.through = r.to
	return tell(e.Tick(r.to - 1))
}

var errTooMany = errors.New("more events than are sorted at once")

// read gives the values within [from, to) in the order of their time.
func (m *metricTrial) read(ctx context.Context, from, to int64) ([]uint64, *event.Block, error) {
	var parts []store.Numbered
	type row struct {
		time int64
		part int
		at   int
	}
	var rows []row
	q := store.SampleQuery{Filter: store.Filter{Metrics: []string{m.rule.Metric}}, From: from, To: to, Last: m.b.o.Events.Position().Seq}
	err := m.b.o.Events.Samples(ctx, q, func(n store.Numbered) error {
		for i, t := range n.Block.Times {
			rows = append(rows, row{t, len(parts), i})
		}
		parts = append(parts, n)
		if len(rows) > sliceRows && to-from > int64(time.Second/time.Millisecond) {
			return errTooMany
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.time, b.time) })
	seqs := make([]uint64, len(rows))
	var values event.Builder
	for i, r := range rows {
		n := &parts[r.part]
		seqs[i] = n.Seqs[r.at]
		values.Append(m.value(n.Block, r.at))
	}
	return seqs, values.Block(), nil
}

// value is what of an event the rule looks at.
func (m *metricTrial) value(b *event.Block, row int) event.Event {
	e := event.Event{Metric: m.rule.Metric, Value: b.Values[row], Time: b.Times[row]}
	for _, key := range m.rule.By {
		if c := b.Tag(key); c != nil && c.Has(row) {
			e.Tags = append(e.Tags, event.Tag{Key: key, Value: c.Text(row)})
		}
	}
	return e
}
