package sla

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

var _ kpi.CaseView = (*Evaluator)(nil)

// The classes of clocks in the order of a list.
const (
	classBreached uint8 = iota
	classRunning
	classPaused
	classGoalless
	classClosed
)

// candidate is a clock that may be in the list.
type candidate struct {
	*chooser
	key   uint32
	class uint8
	// sort orders within the class, then the text of the case, then the goal.
	sort int64
	text string // "" until it is needed
	// at is the place in the board, -1 for a closed one; once all are chosen, that
	// in the listing's chosen.
	at int
}

// listing is a list on its way.
type listing struct {
	*Evaluator
	kpi.CaseQuery
	// best are those found so far. Once they are as many as there may be, they are
	// a heap with the last of them on top.
	best   []candidate
	chosen []chosen
	// mixed: the goals have different calendars, so that deadlines do not tell
	// which has less time left.
	mixed bool
}

// CaseTag implements kpi.CaseView.
func (e *Evaluator) CaseTag() string { return e.spec.Key }

// Cases implements kpi.CaseView.
func (e *Evaluator) Cases(q kpi.CaseQuery) (list func() []kpi.CaseRow, err error) {
	for key := range q.Tags {
		if !slices.Contains(e.labels.Keys, key) && key != goalTag {
			return nil, fmt.Errorf("cases cannot be chosen by %q: they have the tags %s", key, strings.Join(append(slices.Clone(e.labels.Keys), goalTag), ", "))
		}
	}
	l := &listing{Evaluator: e, CaseQuery: q}
	l.mixed = slices.ContainsFunc(e.goals, func(g *goal) bool { return g.calendar != e.goals[0].calendar })
	for _, g := range e.goals {
		if name, ok := q.Tags[goalTag]; ok && name != g.terms.Name {
			continue
		}
		c := l.chooser(g)
		open := g.clocks()
		if q.Select != kpi.ClosedCases {
			for i := range open {
				c.open(i, &open[i])
			}
		}
		if q.Select != kpi.OpenCases && q.State == "" {
			c.closed()
		}
	}
	l.choose()
	return l.rows, nil
}

// compare is the order of the list.
func (l *listing) compare(a, b *candidate) int {
	if c := cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.sort, b.sort)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(l.text(a), l.text(b)), cmp.Compare(a.terms.Name, b.terms.Name))
}

func (l *listing) text(c *candidate) string {
	if c.text == "" {
		c.text = l.Text(c.key)
	}
	return c.text
}

// offer keeps a candidate that is among the best so far and behind the cursor.
func (l *listing) offer(c candidate) {
	full := len(l.best) >= l.Limit
	if full && (l.Limit <= 0 || l.compare(&c, &l.best[0]) >= 0) || !l.follows(&c) {
		return
	}
	if full {
		l.best[0] = c
		heap.Fix(l, 0)
		return
	}
	l.best = append(l.best, c)
	if len(l.best) == l.Limit {
		heap.Init(l)
	}
}

// follows reports whether c stands behind the cursor.
func (l *listing) follows(c *candidate) bool {
	if l.After == nil {
		return true
	}
	if o := cmp.Or(cmp.Compare(c.class, l.After.Class), cmp.Compare(c.sort, l.After.Sort)); o != 0 {
		return o > 0
	}
	return cmp.Or(cmp.Compare(l.text(c), l.After.Case), cmp.Compare(c.terms.Name, l.After.Goal)) > 0
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (l *listing) Len() int           { return len(l.best) }
func (l *listing) Less(i, j int) bool { return l.compare(&l.best[i], &l.best[j]) > 0 }
func (l *listing) Swap(i, j int)      { l.best[i], l.best[j] = l.best[j], l.best[i] }

// Push implements heap.Interface.
func (l *listing) Push(c any) { l.best = append(l.best, c.(candidate)) }

// Pop implements heap.Interface.
func (l *listing) Pop() any {
	last := l.best[len(l.best)-1]
	l.best = l.best[:len(l.best)-1]
	return last
}
