// Package store is the port through which events are kept and read back. Its
// adapters (store/duckdb) turn it into a database's terms; storetest holds the
// behaviour that each must show. The pipeline commits, the HTTP API reads.
package store

import (
	"context"
	"errors"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// Errors that callers tell apart.
var (
	// ErrNewer: the data directory was written by a later version.
	ErrNewer = errors.New("data of a newer version")
	// ErrHeld: another process has the data directory open.
	ErrHeld = errors.New("data held by another process")
	// ErrNoSpace: the disk is full; nothing was changed, the call may be repeated.
	ErrNoSpace = errors.New("no space left on the disk")
)

// Position is how far the store has come: the last log message applied, and
// the number of the last event stored.
type Position struct {
	LogSeq uint64
	Seq    uint64
}

// Commit is one transaction: all of it is stored, or nothing.
type Commit struct {
	// Position is the store's position afterwards. Events are numbered
	// Position.Seq-Events.Len()+1 to Position.Seq.
	Position Position
	Events   *event.Block
	// Received holds, for each event, when the log took it in (ms).
	Received []int64
	// Keys are the idempotency keys that were used for the first time.
	Keys []Key
	// Alerts are the transitions that these events brought about.
	Alerts []alert.Transition
	// State is what each reader of the log wants back after a restart, by its
	// name; it describes the moment of Position. A name not given is kept, one
	// given nil is forgotten. A commit may hold states alone.
	State map[string][]byte
}

// Key is a request's idempotency key and when the log took it in (ms).
type Key struct {
	Key      string
	Received int64
}

// Identity is an event's identity at its sender and when the log took it in.
type Identity struct {
	Seq      uint64
	Source   string
	ID       string
	Received int64
}

// Filter selects events. The zero Filter selects all.
type Filter struct {
	// Metrics are names, or prefixes where they end in "*"; none means all.
	Metrics []string
	// Tags must all be present with exactly this text.
	Tags []event.Tag
}

// EventQuery asks for a page of events, newest first: by event time, then by Seq.
type EventQuery struct {
	Filter
	// From and To bound the event time: From <= t < To, in ms. To 0: no bound.
	From, To int64
	Limit    int
	// Before continues behind the last event of the page before.
	Before *Cursor
}

// Cursor names an event's place in the order of EventQuery.
type Cursor struct {
	Time int64
	Seq  uint64
}

// MetricInfo is what is known of one metric name.
type MetricInfo struct {
	Metric      string
	Count       uint64
	First, Last int64 // event time, ms
	TagKeys     []string
}

// Series is a count of events per step for one metric. Points[i] counts event
// times in [From+i*Step, From+(i+1)*Step).
type Series struct {
	Metric string
	Points []uint64
}

// Numbered is a block with the numbers of its events, in ascending order.
type Numbered struct {
	Seqs  []uint64
	Block *event.Block
}

// ScanQuery says what a Scan reads.
type ScanQuery struct {
	// Metrics are names, or prefixes where they end in "*"; none means all.
	Metrics []string
	// Tags are the tag keys wanted; others are left out.
	Tags []string
	// After and Last bound the event numbers: After < seq <= Last.
	After, Last uint64
}

// AlertQuery selects transitions; what is zero selects all.
type AlertQuery struct {
	// From and To bound the time of the judgement: From <= t < To, in ms. To 0: no bound.
	From, To int64
	// Before continues behind the last transition of the page before.
	Before            *alert.Position
	Limit             int
	Rule, Kind, State string
	Tags              []event.Tag
	// Exact demands that there are no other tags than Tags: one series of a rule.
	Exact bool
}

// Store keeps events. Commit and Retain are called from one goroutine at a
// time; reads may run beside them and see whole commits only.
type Store interface {
	// Position is that of the last commit.
	Position() Position
	// State gives back what the last commits saved under name, nil if nothing.
	State(name string) ([]byte, error)
	// States lists the names under which something is saved, ordered.
	States() ([]string, error)
	// TagKeys lists every tag key ever stored.
	TagKeys() []string
	// Commit applies c, or changes nothing and says why.
	Commit(ctx context.Context, c Commit) error
	// Retain deletes events older than before (event time, ms) and keys
	// received before keysBefore, and tells how many events went.
	Retain(ctx context.Context, before, keysBefore int64) (uint64, error)
	// Checkpoint moves what was committed into its final form on disk.
	Checkpoint(ctx context.Context) error

	// Events answers a page; more tells that further events follow.
	Events(ctx context.Context, q EventQuery) (events []event.Event, more bool, err error)
	// Metrics lists every metric name, ordered by name.
	Metrics(ctx context.Context) ([]MetricInfo, error)
	// Rates counts events per metric and step over [from, to), among the events
	// numbered up to seq.
	Rates(ctx context.Context, f Filter, from, to, step int64) (counts []Series, seq uint64, err error)
	// Replay yields the events numbered after seq up to and including last,
	// ascending, in blocks, until yield returns an error.
	Replay(ctx context.Context, f Filter, seq, last uint64, yield func(Numbered) error) error
	// Scan yields the events that q asks for, ascending, in blocks that have
	// metric, value, time and the tags in q.Tags alone. through is the number up
	// to which all of them have been yielded: it moves on by empty blocks where
	// none pass, and ends at q.Last or the store's position, whichever is less.
	// What comes next is read while yield runs; no transaction is open meanwhile.
	Scan(ctx context.Context, q ScanQuery, yield func(through uint64, b *event.Block) error) error
	// Alerts answers transitions, newest first, with Position before `before`
	// (nil: from the newest) and At in [from, to).
	Alerts(ctx context.Context, from, to int64, before *alert.Position, limit int) ([]alert.Transition, error)
	// FindAlerts answers the transitions that q selects, newest first.
	FindAlerts(ctx context.Context, q AlertQuery) ([]alert.Transition, error)
	// AlertsAfter yields transitions with a Position after p, ascending.
	AlertsAfter(ctx context.Context, p alert.Position, yield func(alert.Transition) error) error
	// LatestAlerts answers the last transition of each series, ascending, of those
	// that are not ok now or have become so at since (ms) or later.
	LatestAlerts(ctx context.Context, since int64) ([]alert.Transition, error)
	// Identities yields, oldest first, the identities among the last most
	// identified events received at since (ms) or later.
	Identities(ctx context.Context, since int64, most int, yield func(Identity) error) error
	// Keys yields, oldest first, the idempotency keys received at since or later.
	Keys(ctx context.Context, since int64, most int, yield func(Key) error) error

	Close() error
}
