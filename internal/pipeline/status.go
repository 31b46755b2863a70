package pipeline

import (
	"sync/atomic"
	"time"
)

// congestedAfter is how far, in time, the pipeline may be behind the senders
// before they are asked to slow down.
const congestedAfter = 10 * time.Second

// lag measures in time how far the applied log is behind the acknowledged one:
// it marks what is acknowledged and looks how long that takes to be applied.
type lag struct {
	mark  uint64
	since time.Time
	now   atomic.Int64 // a time.Duration; read by every request
}

func (l *lag) observe(now time.Time, applied, acked uint64) {
	if applied >= l.mark {
		l.mark, l.since = acked, now
	}
	var behind time.Duration
	if applied < l.mark {
		behind = now.Sub(l.since)
	}
	l.now.Store(int64(behind))
}

// Status is how far the readers of the log have come.
type Status struct {
	// Applied and Stored are log sequences, Last is the last event's number.
	Applied, Stored, Last uint64
	// Lag is how long acknowledged events wait to be applied.
	Lag time.Duration
	// Unstored counts events that are applied and not yet in a commit.
	Unstored int
	// DedupeReach is the time of the oldest id remembered; zero with none.
	DedupeReach time.Time
	// DedupeIDs is how many ids and keys are remembered.
	DedupeIDs int
	// Fault is why the store does not take events, nil when it does.
	Fault error

	Events, Duplicates, Rejected, Commits uint64
}

// Status may be asked at any time.
func (p *Pipeline) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Status{
		Applied: p.applied, Stored: p.o.Store.Position().LogSeq, Last: p.next - 1,
		Lag: time.Duration(p.lag.now.Load()), Unstored: p.open.len(), Fault: p.fault,
		DedupeIDs: len(p.seen.events.known) + len(p.seen.keys.known),
		Events:    p.events.Load(), Duplicates: p.duplicates.Load(), Rejected: p.rejected.Load(), Commits: p.commits.Load(),
	}
	if second := max(p.seen.events.reach(), p.seen.keys.reach()); second > 0 {
		s.DedupeReach = time.Unix(second, 0)
	}
	return s
}

// Congested tells that senders should slow down, and the fault of the store if
// that is why.
func (p *Pipeline) Congested() (behind bool, fault error) {
	if time.Duration(p.lag.now.Load()) <= congestedAfter {
		return false, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return true, p.fault
}
