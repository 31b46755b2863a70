package pipeline

import (
	"math/rand/v2"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// dedupe tells repeated events and repeated requests from new ones. What it
// answers depends on the log alone: fed after a restart with what the store kept
// of its window, it goes on exactly as if there had been no restart.
type dedupe struct {
	events memory // (source, id) pairs
	keys   memory // idempotency keys of whole requests
	// seed is this process's own, so that nobody can prepare two identities that
	// hash alike. Of 128 bits, they do not meet by chance.
	seed    uint64
	scratch []byte
}

func newDedupe(window time.Duration, most int) *dedupe {
	seconds := int64((window + time.Second - 1) / time.Second)
	return &dedupe{events: newMemory(seconds, most), keys: newMemory(seconds, most), seed: rand.Uint64()}
}

// addEvent reports whether an event's identity is new. The source's length
// keeps ("ab", "c") and ("a", "bc") apart.
func (d *dedupe) addEvent(source, id string, second int64) bool {
	d.scratch = append(append(d.scratch[:0], byte(len(source)), byte(len(source)>>8)), source...)
	d.scratch = append(d.scratch, id...)
	return d.events.add(xxh3.Hash128Seed(d.scratch, d.seed), second)
}

func (d *dedupe) addKey(key string, second int64) bool {
	return d.keys.add(xxh3.HashString128Seed(key, d.seed), second)
}

// verdict is what dedupe says of one block.
type verdict struct {
	keep    []bool // nil: every row
	dropped int
	newKeys []string
}

func (v *verdict) drop(row, rows int) {
	if v.keep == nil {
		v.keep = make([]bool, rows)
		for i := range v.keep {
			v.keep[i] = true
		}
	}
	if v.keep[row] {
		v.keep[row] = false
		v.dropped++
	}
}

// judge decides which rows of a block are new. A request whose key is known
// falls whole; within a new request each event stands for itself.
func (d *dedupe) judge(b *event.Block, second int64) (v verdict) {
	for _, r := range b.Requests {
		if d.addKey(r.Key, second) {
			v.newKeys = append(v.newKeys, r.Key)
			continue
		}
		for row := r.First; row < r.First+r.Count; row++ {
			v.drop(row, b.Len())
		}
	}
	if len(b.ID.Words) == 1 { // no event has an id
		return v
	}
	for row := range b.Len() {
		if !b.ID.Has(row) || (v.keep != nil && !v.keep[row]) {
			continue
		}
		if !d.addEvent(b.Source.Text(row), b.ID.Text(row), second) {
			v.drop(row, b.Len())
		}
	}
	return v
}
