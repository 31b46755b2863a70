package datasets

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
)

const day = 86_400_000

// InOrder has the events in the order of their times.
func InOrder(events []event.Event) []event.Event {
	ordered := slices.Clone(events)
	slices.SortStableFunc(ordered, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	return ordered
}

// ShuffledWithinDays has the events of each day in disorder.
func ShuffledWithinDays(events []event.Event, random *rand.Rand) []event.Event {
	mixed := slices.Clone(events)
	random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	slices.SortStableFunc(mixed, func(a, b event.Event) int { return cmp.Compare(a.Time/day, b.Time/day) })
	return mixed
}
