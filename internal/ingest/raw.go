package ingest

import (
	"bytes"
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// raw is one event as read off the wire and not yet checked. Its slices point
// into the request's body (or, for text with escapes, into fresh memory).
type raw struct {
	metric, id, source []byte
	value              float64
	time               int64
	seen               field
	tags               []rawTag
}

type rawTag struct{ key, value []byte }

// field is a set of the members that an event has.
type field uint8

const (
	fieldMetric field = 1 << iota
	fieldValue
	fieldTags
	fieldTime
	fieldID
	fieldSource
)

func (r *raw) reset() {
	*r = raw{tags: r.tags[:0]}
}

// bounds are the limits in the form that checking wants, times in ms.
type bounds struct {
	tags, key, value     int
	now, oldest, newest  int64
	maxFuture, retention time.Duration
}

// check finds every fault of an event.
func (r *raw) check(b *bounds, report func(field, detail string)) {
	if r.seen&fieldMetric == 0 {
		report("metricName", "is missing: every event names its metric")
	} else {
		checkName("metricName", r.metric, report)
	}
	if r.seen&fieldValue == 0 {
		report("value", "is missing: every event has a finite number")
	}
	if r.seen&fieldID != 0 {
		checkName("id", r.id, report)
	}
	if r.seen&fieldSource != 0 {
		checkName("source", r.source, report)
	}
	if r.seen&fieldTime != 0 {
		r.checkTime(b, report)
	}
	if len(r.tags) > b.tags {
		report("tags", fmt.Sprintf("has %d tags, at most %d are taken", len(r.tags), b.tags))
		return
	}
	for _, t := range r.tags {
		switch {
		case len(t.key) == 0:
			report("tags", "has a tag without a key")
		case len(t.key) > b.key:
			report("tags", fmt.Sprintf("has a key of %d bytes (%.20q...), at most %d are taken", len(t.key), t.key, b.key))
		case hasControl(t.key):
			report("tags", fmt.Sprintf("has a control character in the key %q", t.key))
		case len(t.value) > b.value:
			report("tags."+string(t.key), fmt.Sprintf("is %d bytes long, at most %d are taken", len(t.value), b.value))
		case bytes.IndexByte(t.value, 0) >= 0:
			report("tags."+string(t.key), "holds a null byte")
		}
	}
}

func (r *raw) checkTime(b *bounds, report func(field, detail string)) {
	switch {
	case r.time < 0:
		report("timestamp", "is before 1970")
	case r.time > b.newest:
		report("timestamp", fmt.Sprintf("%s is more than %s ahead of the server's clock (%s)",
			formatMillis(r.time), b.maxFuture, formatMillis(b.now)))
	case r.time < b.oldest:
		report("timestamp", fmt.Sprintf("%s is older than the %s that events are kept", formatMillis(r.time), b.retention))
	}
}

func checkName(name string, text []byte, report func(field, detail string)) {
	switch {
	case len(text) == 0:
		report(name, "is empty")
	case len(text) > maxName:
		report(name, fmt.Sprintf("is %d bytes long, at most %d are taken", len(text), maxName))
	case hasControl(text):
		report(name, "holds a control character")
	}
}

func hasControl(text []byte) bool {
	for _, c := range text {
		if c < 0x20 || c == 0x7f {
			return true
		}
	}
	return false
}

func formatMillis(ms int64) string {
	t := event.Time(ms)
	if t.Year() > 9999 {
		return fmt.Sprintf("%d ms", ms)
	}
	return t.Format(time.RFC3339)
}

// appendTo adds the checked event to a block.
func (r *raw) appendTo(b *event.Builder, now int64) (duplicate []byte) {
	b.Start()
	b.SetMetric(r.metric)
	b.SetValue(r.value)
	if r.seen&fieldTime != 0 {
		b.SetTime(r.time)
	} else {
		b.SetTime(now)
	}
	if r.seen&fieldID != 0 {
		b.SetID(r.id)
	}
	if r.seen&fieldSource != 0 {
		b.SetSource(r.source)
	}
	for _, t := range r.tags {
		if !b.SetTag(t.key, t.value) {
			return t.key
		}
	}
	return nil
}
