package custom

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// aggregate is the value of a variable over the events of a cut in [from, at).
// It depends on which events there are, not on the order in which they came nor
// on the order of the cut's parts.
func (e *Evaluator) aggregate(variable int, c facts.Cut, from, at int64) part {
	v, k := &e.formula.Variables[variable], e.kinds[variable]
	n := c.Count(k, from, at)
	p := part{n: int64(n)}
	switch {
	case v.Func == "count":
		p.value = float64(n)
	case v.Func == "distinct":
		p.value = float64(e.distinct(c, k, from, at))
	case n == 0:
		p.value = math.NaN()
	default:
		p.value = e.ofValues(v.Func, v.Quantile, c, k, from, at)
	}
	return p
}

// ofValues aggregates the values of one event or more.
func (e *Evaluator) ofValues(name string, share float64, c facts.Cut, k facts.Kind, from, at int64) float64 {
	switch name {
	case "sum", "avg":
		var s exactSum
		n := 0
		for _, x := range c.Range(k, from, at) {
			s.add(x)
			n++
		}
		if name == "avg" {
			return s.value() / float64(n)
		}
		return s.value()
	case "min":
		least := math.Inf(1)
		for _, x := range c.Range(k, from, at) {
			least = min(least, x)
		}
		return least
	case "max":
		most := math.Inf(-1)
		for _, x := range c.Range(k, from, at) {
			most = max(most, x)
		}
		return most
	case "last":
		return last(c, k, from, at)
	}
	e.numbers = e.numbers[:0]
	for _, x := range c.Range(k, from, at) {
		e.numbers = append(e.numbers, x)
	}
	return stats.Quantile(e.numbers, share)
}

// last is the value of the latest event; the greatest of those at that instant.
func last(c facts.Cut, k facts.Kind, from, at int64) float64 {
	// Ever longer spans before the end are counted, which is quick, until one
	// holds an event.
	start := from
	for span := int64(1000); span > 0 && span < at-from; span *= 8 {
		if c.Count(k, at-span, at) > 0 {
			start = at - span
			break
		}
	}
	latest, value := int64(math.MinInt64), math.NaN()
	for t, x := range c.Range(k, start, at) {
		if t > latest || t == latest && x > value {
			latest, value = t, x
		}
	}
	return value
}

// distinct counts the different texts whose codes the facts carry.
func (e *Evaluator) distinct(c facts.Cut, k facts.Kind, from, at int64) int {
	e.codes.reset()
	for _, x := range c.Range(k, from, at) {
		e.codes.add(uint32(x))
	}
	return e.codes.n
}

// codeSet is a set of codes, of which none is 0, in an open hash table: a window
// holds few of all the texts that ever were.
type codeSet struct {
	slots []uint32 // a power of two of them, at most half full; 0 is free
	n     int
}

func (s *codeSet) reset() {
	clear(s.slots)
	s.n = 0
}

func (s *codeSet) add(code uint32) {
	if 2*s.n >= len(s.slots) {
		s.grow()
	}
	if s.put(code) {
		s.n++
	}
}

func (s *codeSet) put(code uint32) bool {
	mask := uint32(len(s.slots) - 1) //nolint:gosec // fewer than there are codes
	for i := code * 0x9e3779b1 >> 7 & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case code:
			return false
		case 0:
			s.slots[i] = code
			return true
		}
	}
}

func (s *codeSet) grow() {
	old := s.slots
	s.slots = make([]uint32, max(64, 2*len(old)))
	for _, code := range old {
		if code != 0 {
			s.put(code)
		}
	}
}
