package detect

import (
	"time"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// season cuts days on the wall into windows, so that a window has its like on
// other days, whatever clocks were changed in between.
type season struct {
	zone *time.Location
	// length of a window; it divides a day.
	length time.Duration
	// days between a window and its like: 7 or 1.
	days int
	// lateness is how long after its end a window is judged.
	lateness int64
	calendar *calendar.Calendar // nil: always open
}

// window is a stretch of a day on the wall.
type window struct{ from, to int64 }

// containing is the window that t is in.
func (s *season) containing(t int64) window {
	at := time.UnixMilli(t).In(s.zone)
	year, month, day := at.Date()
	// Where clocks were changed, windows are not where the length alone tells.
	passed := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second
	i := int(passed / s.length)
	for s.start(year, month, day, i) > t {
		i--
	}
	for s.start(year, month, day, i+1) <= t {
		i++
	}
	return window{s.start(year, month, day, i), s.start(year, month, day, i+1)}
}

// start is when window i of a day begins.
func (s *season) start(year int, month time.Month, day, i int) int64 {
	return time.Date(year, month, day, 0, 0, i*int(s.length/time.Second), 0, s.zone).UnixMilli()
}

// like is the same window k seasons before.
func (s *season) like(w window, k int) window {
	move := func(t int64) int64 {
		at := time.UnixMilli(t).In(s.zone)
		year, month, day := at.Date()
		hour, minute, second := at.Clock()
		return time.Date(year, month, day-k*s.days, hour, minute, second, 0, s.zone).UnixMilli()
	}
	return window{move(w.from), move(w.to)}
}

// last implements looks: windows are judged so long after their end.
func (s *season) last(t int64) int64 { return s.containing(t-s.lateness).from + s.lateness }

// next implements looks: at the very instant at which a window counts as complete.
func (s *season) next(t int64) int64 { return s.containing(t-s.lateness).to + s.lateness }

func (s *season) period() int64 { return s.length.Milliseconds() }

// complete is the window judged at a look.
func (s *season) complete(look int64) window { return s.containing(look - s.lateness - 1) }

// comparable reports whether as much of the window is open as of its like, give
// or take half.
func (s *season) comparable(w, like window) bool {
	if s.calendar == nil {
		return true
	}
	open, then := s.calendar.Between(w.from, w.to), s.calendar.Between(like.from, like.to)
	return then > 0 && 2*then >= open && 2*open >= then
}

// judges reports whether a window is open at all.
func (s *season) judges(w window) bool {
	return s.calendar == nil || s.calendar.Between(w.from, w.to) > 0
}

// dividesDay reports whether windows of this length fill a day.
func dividesDay(d units.Duration) bool {
	day := 24 * time.Hour
	return time.Duration(d) >= time.Minute && time.Duration(d) <= day && day%time.Duration(d) == 0 && time.Duration(d)%time.Second == 0
}
