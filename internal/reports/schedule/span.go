package schedule

import (
	"fmt"
	"time"
)

// Due is a report to be made and sent.
type Due struct {
	*Plan
	// At is when it is due; [From, To) is what it sums up.
	At, From, To time.Time
	// Key tells it from every other.
	Key string
	// Test says that somebody asked for it to see how it comes.
	Test bool
}

// Due is the report of an instant of the timetable.
func (p *Plan) Due(at time.Time) Due {
	d := Due{Plan: p, At: at, To: at, Key: fmt.Sprintf("%s@%d", p.Name, at.UnixMilli())}
	switch p.Type {
	case Day:
		d.To = p.midnight(at, 0)
		d.From = p.midnight(at, -1)
	case Week:
		sinceMonday := (int(at.In(p.zone).Weekday()) + 6) % 7
		d.To = p.midnight(at, -sinceMonday)
		d.From = p.midnight(at, -sinceMonday-7)
	default:
		d.From = p.Last(at.Add(-time.Nanosecond))
	}
	return d
}

// midnight is when the day begins that is so many days from that of t.
func (p *Plan) midnight(t time.Time, days int) time.Time {
	local := t.In(p.zone)
	return p.instant(time.Date(local.Year(), local.Month(), local.Day()+days, 0, 0, 0, 0, time.UTC))
}
