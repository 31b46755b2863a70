package script

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// maxEvents bounds a script: each expectation hands all events out three times.
const maxEvents = 10_000

// The years that events may be of, as the server takes them.
const firstYear, lastYear = 1970, 2199

// events reads TIME [every DURATION times N] NAME [VALUE] [key=value ...]. Of
// events that repeat, {i} in what follows the name is 1, 2, 3 ...
func (r *reader) events(words []string) ([]event.Event, error) {
	at, rest, err := r.time(words)
	if err != nil {
		return nil, err
	}
	every, times, rest, err := repeat(rest)
	if err != nil {
		return nil, err
	}
	if len(rest) == 0 {
		return nil, fmt.Errorf("an event is missing behind the time: TIME [every DURATION times N] NAME [VALUE] [key=value ...]")
	}
	all := make([]event.Event, 0, times)
	for i := range times {
		r.last = at.Add(time.Duration(i) * every)
		e, err := one(rest, strconv.Itoa(i+1))
		if err != nil {
			return nil, err
		}
		if year := r.last.Year(); year < firstYear || year > lastYear {
			return nil, fmt.Errorf("an event of the year %d: they are of %d to %d", year, firstYear, lastYear)
		}
		e.Time = r.last.UnixMilli()
		all = append(all, e)
	}
	return all, nil
}

// repeat reads how often an event occurs, once unless said.
func repeat(words []string) (every time.Duration, times int, rest []string, err error) {
	if len(words) == 0 || words[0] != "every" {
		return 0, 1, words, nil
	}
	if len(words) < 4 || words[2] != "times" {
		return 0, 0, nil, fmt.Errorf("events that repeat are written: TIME every 1m times 30 NAME [VALUE] [key=value ...]")
	}
	if every, err = duration(words[1]); err != nil {
		return 0, 0, nil, err
	}
	if every < 0 {
		return 0, 0, nil, fmt.Errorf("every %s is negative: events that repeat are written from the first on", words[1])
	}
	times, err = strconv.Atoi(words[3])
	if err != nil || times < 1 || times > maxEvents {
		return 0, 0, nil, fmt.Errorf("%q is no number of times from 1 to %d", words[3], maxEvents)
	}
	if every > math.MaxInt64/maxEvents {
		return 0, 0, nil, fmt.Errorf("every %s is too long", words[1])
	}
	return every, times, words[4:], nil
}

// one reads NAME [VALUE] [key=value ...], the i-th of its kind.
func one(words []string, i string) (e event.Event, err error) {
	e = event.Event{Metric: words[0], Value: 1}
	for place, word := range words[1:] {
		word = strings.ReplaceAll(word, "{i}", i)
		key, value, tag := strings.Cut(word, "=")
		switch {
		case !tag && place == 0:
			if e.Value, err = strconv.ParseFloat(word, 64); err != nil || math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
				return e, fmt.Errorf("%q is neither a value nor a tag (key=value)", word)
			}
		case !tag || key == "":
			return e, fmt.Errorf("%q is no tag: write key=value", word)
		case slices.ContainsFunc(e.Tags, func(t event.Tag) bool { return t.Key == key }):
			return e, fmt.Errorf("the tag %s is given twice", key)
		default:
			e.Tags = append(e.Tags, event.Tag{Key: key, Value: value})
		}
	}
	return e, nil
}
