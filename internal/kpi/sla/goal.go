package sla

import (
	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// goal is one clock on every case. It is the fold.Rules of its cases.
type goal struct {
	terms    Goal
	kinds    kpi.Kinds
	calendar *calendar.Calendar // nil: always open
	share    float64            // of the target that is left at risk
	index    *facts.Index
	labels   *facts.Labels
	groups   *view
	// values of the target's tag, and their targets in ms by code.
	values  facts.Dict
	targets []int64
	cases   *fold.Keyed[clock]
	board   board

	byCode []uint8 // scratch, as is:
	read   []fold.Arrival
}

// targetOf is the target of a value of the tag.
func (g *goal) targetOf(value uint32) int64 {
	for code := len(g.targets); code <= int(value); code++ {
		g.targets = append(g.targets, g.terms.Target.of(g.values.Text(uint32(code))))
	}
	return g.targets[value]
}

// apply takes the events of a block in, and notes from when they are; keys are
// the cases, codes theirs.
func (g *goal) apply(b *kpi.Batch, keys kpi.Texts, codes []uint32, read *span) {
	if g.byCode = g.kinds.Rows(b.Block, g.byCode); g.byCode == nil {
		return
	}
	g.read = g.read[:0]
	dueAt, value, to := column(b, g.terms.DueTag), column(b, g.terms.Target.Tag), column(b, toTag)
	for row, code := range b.Metric.Codes {
		means := g.byCode[code]
		if means == 0 {
			continue
		}
		e := fold.Event{Kind: means, T: b.Times[row], Label: g.labels.Row(row)}
		key := keys.Row(row)
		if key == event.Absent {
			g.index.Add(facts.Fact{Kind: keyless, Group: g.groups.plain(e.Label), T: e.T})
			continue
		}
		switch means {
		case started, reopened:
			e.Who = g.code(value, row)
			if dueAt != nil && dueAt.Has(row) {
				e.A = packDue(e.T, dueAt.Text(row))
			}
		case changed:
			e.Who = g.code(to, row)
		}
		g.read = append(g.read, fold.Arrival{Key: codes[key], Event: e})
		read.earliest, read.latest = min(read.earliest, e.T), max(read.latest, e.T)
	}
	g.cases.AddAll(g.read, func(key uint32, c *clock) {
		if g.board.made {
			g.board.put(key, c)
		}
	})
}

func column(b *kpi.Batch, tag string) *event.TagColumn {
	if tag == "" {
		return nil
	}
	return b.Tag(tag)
}

// code of the target's tag in a row; 0 where there is none.
func (g *goal) code(c *event.TagColumn, row int) uint32 {
	if c == nil || c.Text(row) == "" {
		return 0
	}
	return g.values.Code(c.Text(row))
}

// CalendarNames implements kpi.Timed.
func (s *Spec) CalendarNames() (names []string) {
	for _, g := range s.terms() {
		names = append(names, g.Calendar)
	}
	return names
}
