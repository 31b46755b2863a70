package calendar

import "time"

// Span is a stretch of time during which a calendar is open, or closed for one
// reason.
type Span struct {
	From, To int64
	Open     bool
	// Why is the reason for being closed: OutsideHours, OutsideYears, the name of
	// a holiday, or a date with hours of its own. Of an open span it is empty, or
	// names the date whose own hours they are.
	Why string
	// Shift is how far clocks were put forward within the span, so that it is
	// that much shorter than they show; negative where they were put back.
	Shift time.Duration
}

// Reasons for being closed, beside dates and holidays.
const (
	OutsideHours = "outside hours"
	OutsideYears = "outside the years 1900 to 2199"
)

// Spans covers [from, to) completely and in order. A holiday closes the hours
// that it takes away and no more: the night before it is outside hours.
func (c *Calendar) Spans(from, to int64) []Span {
	if to <= from {
		return nil
	}
	if c == nil {
		return []Span{{From: from, To: to, Open: true}}
	}
	var open, lost []stretch
	c.plan.walk(from, to, func(s stretch) {
		if s.open {
			open = append(open, s)
		} else {
			lost = append(lost, s)
		}
	})
	a := account{at: from}
	a.closed(lost, OutsideYears, min(to, horizonFrom))
	for _, s := range open {
		lost = a.closed(lost, OutsideHours, s.from)
		a.add(s.to, true, s.why)
	}
	a.closed(lost, OutsideHours, min(to, horizonTo))
	a.closed(nil, OutsideYears, to)
	for i := range a.spans {
		s := &a.spans[i]
		s.Shift = c.plan.zone.shift(s.From, s.To)
	}
	return a.spans
}

// account puts spans one after the other.
type account struct {
	spans []Span
	at    int64 // up to where
}

// add covers the time up to an instant; what is covered already stays.
func (a *account) add(to int64, open bool, why string) {
	if to <= a.at {
		return
	}
	if n := len(a.spans); n > 0 && a.spans[n-1].Open == open && a.spans[n-1].Why == why {
		a.spans[n-1].To = to
	} else {
		a.spans = append(a.spans, Span{From: a.at, To: to, Open: open, Why: why})
	}
	a.at = to
}

// closed covers the time up to an instant: lost hours have their own reason, the
// rest has the one given. It returns the lost hours that are left.
func (a *account) closed(lost []stretch, why string, to int64) []stretch {
	for len(lost) > 0 && lost[0].from < to {
		s := lost[0]
		a.add(min(s.from, to), false, why)
		a.add(min(s.to, to), false, s.why)
		if s.to > to {
			break
		}
		lost = lost[1:]
	}
	a.add(to, false, why)
	return lost
}
