package eventlog

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// coarse is how many parts Keep is removed in: a purge rewrites or marks
	// part of a file, so few large ones are cheaper than many small ones.
	coarse = 32
	// worthwhile is the size below which a log is not trimmed to make room.
	worthwhile = 16 << 20
	// shortOf is how near the end of the room the log begins to make some.
	shortOf = 64 << 20
)

// Purge is told that every message up to and including upTo has been applied
// and is not needed again. It removes those that were reported Keep ago, and
// more of them, oldest first, where the log is larger than KeepBytes or the disk
// is running full. It never removes a message after upTo. The pipeline calls it
// after a commit; calls that find nothing to do are cheap.
func (l *Log) Purge(ctx context.Context, upTo uint64) error {
	k, err := l.current()
	if err != nil {
		return err
	}
	now := l.opts.Now()
	l.keeper.applied(upTo, now)
	if !l.mayPurge() {
		return nil
	}
	seq := l.keeper.expired(now)
	if seq == 0 {
		state, err := k.state(ctx)
		if err != nil {
			return err
		}
		seq = l.keeper.surplus(state.Bytes, state.Msgs, state.FirstSeq, l.room(shortOf, whole) != nil)
	}
	if seq == 0 {
		return nil
	}
	return l.remove(ctx, k, seq)
}

// mayPurge keeps a purge off a disk without room: it writes a little before it
// frees, and JetStream's file store deadlocks with itself when that write fails.
func (l *Log) mayPurge() bool { return l.room(0, half) == nil }

func (l *Log) remove(ctx context.Context, k *link, upTo uint64) error {
	ctx, cancel := k.call(ctx)
	defer cancel()
	if err := k.stream.Purge(ctx, jetstream.WithPurgeSequence(upTo+1)); err != nil {
		l.hint()
		return fmt.Errorf("%w: purge up to %d: %w", ErrUnavailable, upTo, err)
	}
	l.keeper.removed(upTo)
	return nil
}

// mark says that everything up to seq had been applied at a moment.
type mark struct {
	seq uint64
	at  time.Time
}

// maxMarks bounds what the keeper remembers; beyond it every second mark goes,
// which only makes removal coarser and later.
const maxMarks = 256

// keeper remembers when which messages were applied. A restart forgets: then
// they are kept for Keep once more.
type keeper struct {
	keep  time.Duration
	bytes int64

	mu    sync.Mutex
	marks []mark
}

func (k *keeper) applied(seq uint64, at time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if n := len(k.marks); seq == 0 || n > 0 && k.marks[n-1].seq >= seq {
		return
	}
	k.marks = append(k.marks, mark{seq, at})
	if len(k.marks) <= maxMarks {
		return
	}
	kept := k.marks[:0]
	for i := 1; i < len(k.marks); i += 2 {
		kept = append(kept, k.marks[i])
	}
	if last := k.marks[len(k.marks)-1]; kept[len(kept)-1].seq != last.seq {
		kept = append(kept, last)
	}
	k.marks = kept
}

// expired is the number of the newest mark that is older than keep, 0 where
// there is none or where it is too soon after the one removed before.
func (k *keeper) expired(now time.Time) (seq uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.marks) == 0 {
		return 0
	}
	keep := max(k.keep, 0)
	if now.Sub(k.marks[0].at) < keep+keep/coarse {
		return 0
	}
	for _, m := range k.marks {
		if now.Sub(m.at) < keep {
			break
		}
		seq = m.seq
	}
	return seq
}

// surplus is the number up to which a log of so many bytes and messages, the
// first of them `first`, should be removed to keep within bytes, or, where the
// disk is short, all that may be removed; 0 where that is nothing. A quarter
// more goes than must, to have peace for a while.
func (k *keeper) surplus(bytes, messages, first uint64, short bool) (seq uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.marks) == 0 || messages == 0 {
		return 0
	}
	switch limit := uint64(k.bytes); {
	case short && bytes > worthwhile:
		return k.marks[len(k.marks)-1].seq
	case bytes > limit:
		excess := (bytes - limit + limit/4) / max(bytes/messages, 1)
		seq = k.marks[0].seq
		for _, m := range k.marks {
			if m.seq >= first+excess {
				break
			}
			seq = m.seq
		}
	}
	return seq
}

// removed drops the marks up to seq.
func (k *keeper) removed(seq uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.marks = slices.DeleteFunc(k.marks, func(m mark) bool { return m.seq <= seq })
}
