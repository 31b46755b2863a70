package engine

import (
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/radix"
)

// inOrder is a block with its rows in the order of their time, without ids and
// sources, which no KPI reads. What KPIs answer does not depend on the order, but
// it is quicker to put facts in one behind the other, and to go on with a case
// than to begin it anew for an event that comes late.
func inOrder(b *event.Block) *event.Block {
	if slices.IsSorted(b.Times) {
		return b
	}
	rows := make([]int32, b.Len())
	for i := range rows {
		rows[i] = int32(i) //nolint:gosec // a block has fewer rows
	}
	radix.Sort(rows, func(row int32) int64 { return b.Times[row] })
	none := event.Column{Codes: make([]uint32, b.Len()), Words: []string{""}}
	sorted := &event.Block{
		Times: gather(b.Times, rows), Values: gather(b.Values, rows), ID: none, Source: none,
		Metric: event.Column{Codes: gather(b.Metric.Codes, rows), Words: b.Metric.Words},
		Tags:   make([]event.TagColumn, len(b.Tags)),
	}
	for i := range b.Tags {
		t := &b.Tags[i]
		sorted.Tags[i] = event.TagColumn{Key: t.Key, Column: event.Column{Codes: gather(t.Codes, rows), Words: t.Words}}
	}
	return sorted
}

func gather[T any](from []T, rows []int32) []T {
	to := make([]T, len(rows))
	for i, row := range rows {
		to[i] = from[row]
	}
	return to
}
