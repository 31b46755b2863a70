// Package event is the vocabulary that every other package speaks: an Event,
// and a Block of events in columns. It knows nothing of wire formats, logs,
// databases or alerts, and imports the standard library only.
package event

import "time"

// Event is one row: a named number with tags at a moment. It is the row view
// of a Block, used at the edges (HTTP answers, imports, tests); inside, events
// travel in Blocks.
type Event struct {
	// Seq is the event's number in the deduplicated log: 1, 2, 3 ... without
	// gaps. 0 until the pipeline has numbered it.
	Seq    uint64
	Metric string
	Value  float64
	// Time is the event's own time in milliseconds since 1970 UTC.
	Time int64
	Tags []Tag
	// ID and Source together identify the event at its sender; an empty ID
	// means that the sender gave none, and the event is never a duplicate.
	ID, Source string
}

// Tag is one key and its text. Within an event keys are unique.
type Tag struct{ Key, Value string }

// Tag gives the text under key, and whether the event carries it.
func (e *Event) Tag(key string) (string, bool) {
	for _, t := range e.Tags {
		if t.Key == key {
			return t.Value, true
		}
	}
	return "", false
}

// Millis is t as events carry it.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// Time is the moment that ms milliseconds since 1970 name, in UTC.
func Time(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
