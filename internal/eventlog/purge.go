package eventlog

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Purge is told that every message up to and including upTo has been applied
// and is not needed again. It removes those that were reported so Keep ago, and
// more of them, oldest first, while the log is larger than KeepBytes or the
// disk is running full. It never removes a message after upTo. The pipeline
// calls it after a commit; calls that find nothing to do are cheap.
func (l *Log) Purge(ctx context.Context, upTo uint64) error {
	k, err := l.current()
	if err != nil {
		return err
	}
	now := l.opts.Now()
	l.keeper.applied(upTo, now)
	if seq := l.keeper.expired(now); seq > 0 {
		if err := l.remove(ctx, k, seq); err != nil {
			return err
		}
	}
	pressed := l.room(int(min(l.keeper.bytes, 64<<20))) != nil
	state, err := k.state(ctx)
	if err != nil {
		return err
	}
	for state.Msgs > 0 && (pressed || state.Bytes > uint64(l.keeper.bytes)) {
		seq := l.keeper.oldest()
		if seq == 0 {
			return nil
		}
		if err := l.remove(ctx, k, seq); err != nil {
			return err
		}
		if state, err = k.state(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) remove(ctx context.Context, k *link, upTo uint64) error {
	ctx, cancel := k.call(ctx)
	defer cancel()
	if err := k.stream.Purge(ctx, jetstream.WithPurgeSequence(upTo+1)); err != nil {
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

// expired is the number of the newest mark that is older than keep, 0 if none is.
func (k *keeper) expired(now time.Time) (seq uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range k.marks {
		if now.Sub(m.at) < k.keep {
			break
		}
		seq = m.seq
	}
	return seq
}

// oldest is the number of the oldest mark, 0 if there is none.
func (k *keeper) oldest() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.marks) == 0 {
		return 0
	}
	return k.marks[0].seq
}

// removed drops the marks up to seq.
func (k *keeper) removed(seq uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.marks = slices.DeleteFunc(k.marks, func(m mark) bool { return m.seq <= seq })
}
