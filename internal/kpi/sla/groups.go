package sla

import (
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// groups are the groups of facts: By with the goal in its place, and behind it
// queue and goal. The last two are absent but for the facts that are asked for by
// queue as well, which have groups of their own unless By tells both anyway.
type groups struct {
	*facts.Labels
	labels *facts.Labels
	// from is the place in labels of each place in By, -1 for the goal; queue that
	// of the queue, -1 where there is none.
	from  []int
	queue int
	// pairAt are the places of queue and goal.
	pairAt [2]int
	apart  bool
}

func newGroups(c *kpi.Common, s *Spec, labels *facts.Labels) *groups {
	g := &groups{
		Labels: facts.NewLabels(append(slices.Clone(c.By), "queue of", "goal of")),
		labels: labels, queue: slices.Index(labels.Keys, s.Queue),
	}
	for _, key := range c.By {
		at := slices.Index(labels.Keys, key)
		if key == goalTag && len(s.Goals) > 0 {
			at = -1
		}
		g.from = append(g.from, at)
	}
	n := len(c.By)
	g.pairAt = [2]int{slices.Index(g.from, g.queue), slices.Index(g.from, -1)}
	if len(s.Goals) == 0 {
		g.pairAt[1] = n + 1 // there is but one
	}
	if g.queue < 0 || g.pairAt[0] < 0 || g.pairAt[1] < 0 {
		g.apart, g.pairAt = true, [2]int{n, n + 1}
	}
	return g
}

// pair is what handling times are compared by: a queue and a goal, as codes.
type pair [2]uint32

// pair of a group; false for one that does not tell them.
func (g *groups) pair(code uint32) (pair, bool) {
	p := pair{g.Value(code, g.pairAt[0]), g.Value(code, g.pairAt[1])}
	return p, p[1] != 0 || !g.apart
}

// view is the groups of the cycles of one goal by their label.
type view struct {
	*groups
	goal string
	// found are the groups looked up before, plain and by queue: code+1.
	found [2][]uint32
}

// plain is the group of the facts that By tells apart.
func (v *view) plain(label uint32) uint32 { return v.code(0, label) }

// byQueue is the group of the facts that the queue tells apart as well.
func (v *view) byQueue(label uint32) uint32 {
	if !v.apart {
		return v.code(0, label)
	}
	return v.code(1, label)
}

func (v *view) code(which int, label uint32) uint32 {
	found := v.found[which]
	for len(found) <= int(label) {
		found = append(found, 0)
		v.found[which] = found
	}
	if found[label] == 0 {
		found[label] = v.make(label, which == 1) + 1
	}
	return found[label] - 1
}

func (v *view) make(label uint32, byQueue bool) uint32 {
	n := len(v.from)
	texts, present := make([]string, n+2), make([]bool, n+2)
	for i, at := range v.from {
		if at < 0 {
			texts[i], present[i] = v.goal, true
		} else {
			texts[i], present[i] = v.labels.Text(label, at)
		}
	}
	if byQueue {
		if v.queue >= 0 {
			texts[n], present[n] = v.labels.Text(label, v.queue)
		}
		texts[n+1], present[n+1] = v.goal, true
	}
	return v.Of(texts, present)
}
