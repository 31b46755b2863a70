package kpi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// Cut is a series to be: its tags and the facts it is made from.
type Cut struct {
	Tags []event.Tag
	// Codes are the label codes that the cut is the union of; nil for the total.
	Codes []uint32
	facts.Cut
}

// Cuts gives the total and then one cut for each combination of the values of
// the tags at these places of labels, ordered by value. A value that is absent
// reads "". The index must have the codes of labels as its groups.
func Cuts(index *facts.Index, labels *facts.Labels, by []int) []Cut {
	cuts := []Cut{{Cut: index.Total()}}
	if len(by) == 0 {
		return cuts
	}
	var key strings.Builder
	at := map[string]int{}
	for code := range uint32(labels.Len()) { //nolint:gosec // a count of codes
		if !index.Has(code) {
			continue
		}
		key.Reset()
		for _, i := range by {
			text, _ := labels.Text(code, i)
			key.WriteString(text)
			key.WriteByte(0)
		}
		n, ok := at[key.String()]
		if !ok {
			n = len(cuts)
			at[key.String()] = n
			c := Cut{}
			for _, i := range by {
				text, _ := labels.Text(code, i)
				c.Tags = append(c.Tags, event.Tag{Key: labels.Keys[i], Value: text})
			}
			cuts = append(cuts, c)
		}
		cuts[n].Codes = append(cuts[n].Codes, code)
	}
	for i := range cuts[1:] {
		cuts[i+1].Cut = index.Groups(cuts[i+1].Codes)
	}
	slices.SortFunc(cuts[1:], func(a, b Cut) int {
		for i := range a.Tags {
			if c := cmp.Compare(a.Tags[i].Value, b.Tags[i].Value); c != 0 {
				return c
			}
		}
		return 0
	})
	return cuts
}
