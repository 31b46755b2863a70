// Package stream sends the numbered events of the log, and the alerts they
// bring about, to any number of live subscribers as Server-Sent Events frames.
//
// The pipeline publishes into a Hub, in order, and never waits for a reader:
// what was published last is kept in a ring bounded by bytes, a subscriber is
// only a place in that ring, and one that falls out of it is told to come back
// by its last id. What the ring no longer holds is replayed from the store.
//
// An event is encoded once for all subscribers, when the first one needs it.
// A filter is evaluated once per chunk of events for all who share it.
//
// The package knows nothing of HTTP: httpapi carries the frames. It must not
// know the log's carrier or the database either.
package stream

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// Batch is what the pipeline publishes: events numbered from FirstSeq on, and
// the alerts they brought about, ordered by position. Block may be nil where
// only time has passed; FirstSeq counts for nothing then.
type Batch struct {
	FirstSeq uint64
	Block    *event.Block
	Alerts   []alert.Transition
	// Updates are new values of KPIs, behind everything else in the batch. They
	// are of the moment: what a subscriber missed is not replayed to it, it is
	// told the values that stand.
	Updates []Update
}

// History reads back what was published. Both methods must see all of it: the
// implementation flushes what the pipeline still holds before it reads.
// store.Store has the methods themselves.
type History interface {
	// Replay yields the events numbered after seq up to and including last
	// that f selects, ascending.
	Replay(ctx context.Context, f store.Filter, seq, last uint64, yield func(store.Numbered) error) error
	// AlertsAfter yields transitions with a position after p, ascending, until
	// yield returns an error, which it passes on.
	AlertsAfter(ctx context.Context, p alert.Position, yield func(alert.Transition) error) error
}
