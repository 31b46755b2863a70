package importer

import "time"

// fold says what was unusual about a local time.
type fold int

const (
	once     fold = iota
	twice         // the hour that the end of summer time repeats
	neverWas      // the hour that the start of summer time skips
)

// resolve finds the instant of a wall clock reading in a zone. The reading is
// given as if it were UTC. time.Date leaves open which instant it answers for
// a reading that occurs twice or never; here it is fixed, as in RFC 5545:
//
//   - twice: the first occurrence, which is summer time;
//   - never: the offset before the gap, so 02:30 becomes 03:30 summer time.
func resolve(wall time.Time, zone *time.Location) (time.Time, fold) {
	before := wall.Add(-offsetAt(wall.Add(-24*time.Hour), zone))
	after := wall.Add(-offsetAt(wall.Add(24*time.Hour), zone))
	if before.Equal(after) {
		return before, once
	}
	firstFits := wall.Sub(before) == offsetAt(before, zone)
	secondFits := wall.Sub(after) == offsetAt(after, zone)
	switch {
	case firstFits && secondFits:
		if after.Before(before) {
			return after, twice
		}
		return before, twice
	case firstFits:
		return before, once
	case secondFits:
		return after, once
	}
	return before, neverWas
}

func offsetAt(t time.Time, zone *time.Location) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
