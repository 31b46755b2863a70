package calendar

// plan says which hours each date has, and why others are closed.
type plan struct {
	zone     *zone
	week     [7][]hours // by time.Weekday
	special  map[day][]hours
	holidays map[day]string
}

// stretch is hours of one date, as instants: open, or closed for a reason.
type stretch struct {
	interval
	open bool
	why  string
}

// on gives the open hours of a date, and the hours that it would have had but
// for the reason why. The hours of a date are those that start on it.
func (p *plan) on(d day) (open, lost []hours, why string) {
	usual := p.week[d.weekday()]
	if own, ok := p.special[d]; ok {
		if len(own) == 0 {
			return nil, usual, "closed on " + d.String()
		}
		return own, usual, "special hours on " + d.String()
	}
	if name, ok := p.holidays[d]; ok {
		return nil, usual, name
	}
	return usual, nil, ""
}

// walk calls yield for the open and the lost hours of all dates in [from, to),
// clipped, the open ones in order and the lost ones in order.
func (p *plan) walk(from, to int64, yield func(stretch)) {
	p.zone.within(max(from, horizonFrom), min(to, horizonTo), func(span interval, offset int64) {
		clip := func(d day, all []hours, open bool, why string) {
			for _, h := range all {
				i := h.on(d)
				i = interval{max(i.from-offset, span.from), min(i.to-offset, span.to)}
				if i.from < i.to {
					yield(stretch{i, open, why})
				}
			}
		}
		// Hours that start late on the day before may reach into the span.
		for d := dayOf(span.from+offset) - 1; d.wall()-offset < span.to; d++ {
			open, lost, why := p.on(d)
			clip(d, open, true, why)
			clip(d, lost, false, why)
		}
	})
}

// intervals are all open instants of the covered years.
func (p *plan) intervals() []interval {
	perWeek := 0
	for _, usual := range p.week {
		perWeek += len(usual)
	}
	all := make([]interval, 0, perWeek*int((horizonTo-horizonFrom)/(7*msOfDay)+2))
	p.walk(horizonFrom, horizonTo, func(s stretch) {
		if !s.open {
			return
		}
		if n := len(all); n > 0 && s.from <= all[n-1].to {
			all[n-1].to = max(all[n-1].to, s.to)
			return
		}
		all = append(all, s.interval)
	})
	return all
}
