package calendar

import (
	_ "embed" // the names of zones
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// zone is a time zone over the covered years, as stretches without a change of
// the clock.
type zone struct {
	location *time.Location
	eras     []era
}

// era is the time from an instant on during which a clock on the wall shows UTC
// plus offset ms.
type era struct{ from, offset int64 }

// zoneNames are there for suggestions only; any zone that the program can load
// is good.
//
//go:embed zones.txt
var zoneNames string

func loadZone(name string) (*zone, error) {
	location, err := Location(name)
	if err != nil {
		return nil, err
	}
	return newZone(location), nil
}

// Location finds a time zone by its name in the IANA database; the error says
// what to write instead.
func Location(name string) (*time.Location, error) {
	switch name {
	case "":
		return nil, errors.New("is missing: name a time zone, such as America/New_York")
	case "Local":
		return nil, errors.New("would differ from machine to machine: name a time zone, such as America/New_York")
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is no time zone of the IANA database, such as America/New_York%s", name, nearZone(name))
	}
	return location, nil
}

func newZone(location *time.Location) *zone {
	z := &zone{location: location}
	for from := horizonFrom; from < horizonTo; {
		at := time.UnixMilli(from).In(location)
		_, seconds := at.Zone()
		if offset := int64(seconds) * 1000; len(z.eras) == 0 || z.eras[len(z.eras)-1].offset != offset {
			z.eras = append(z.eras, era{from, offset})
		}
		_, end := at.ZoneBounds()
		if end.IsZero() {
			break
		}
		if until := end.UnixMilli(); until > from {
			from = until
		} else {
			// On the last day of a leap year, where a rule goes on for ever, Go
			// gives an end that has passed.
			from += msOfHour
		}
	}
	return z
}

// at is the era of an instant, the first one of all that are before.
func (z *zone) at(instant int64) int {
	next := sort.Search(len(z.eras), func(i int) bool { return z.eras[i].from > instant })
	return max(0, next-1)
}

// within calls yield for every era in [from, to), clipped.
func (z *zone) within(from, to int64, yield func(span interval, offset int64)) {
	for i := z.at(from); i < len(z.eras) && from < to; i++ {
		end := to
		if i+1 < len(z.eras) {
			end = min(to, z.eras[i+1].from)
		}
		yield(interval{from, end}, z.eras[i].offset)
		from = end
	}
}

// shift is how far clocks were put forward (or back, if negative) in [from, to).
func (z *zone) shift(from, to int64) time.Duration {
	from, to = max(from, horizonFrom), max(to, horizonFrom)
	return duration(z.eras[z.at(to-1)].offset - z.eras[z.at(from-1)].offset)
}

func nearZone(name string) string {
	known := strings.Fields(zoneNames)
	for _, k := range known {
		if strings.EqualFold(k, strings.ReplaceAll(name, " ", "_")) {
			return fmt.Sprintf("; did you mean %q?", k)
		}
	}
	return suggest.Near(name, known)
}
