package script

import (
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Events reads lines that each give one event or several, as scripts do. A time
// written as a duration, as in 5m, counts from start. Tests of rules use it.
func Events(start time.Time, lines ...string) (all []event.Event, err error) {
	r := &reader{zone: time.UTC, last: start}
	for _, line := range lines {
		words, err := split(line)
		if err == nil && len(words) == 0 {
			continue
		}
		var events []event.Event
		if err == nil {
			if after, err := duration(words[0]); err == nil {
				words[0] = start.Add(after).Format(time.RFC3339Nano)
			}
			events, err = r.events(words)
		}
		if err != nil {
			return nil, fmt.Errorf("event %q: %w", line, err)
		}
		if all = append(all, events...); len(all) > maxEvents {
			return nil, fmt.Errorf("a test has %d events at most", maxEvents)
		}
	}
	return all, nil
}
