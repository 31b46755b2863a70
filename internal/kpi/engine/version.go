package engine

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// Origin says where a definition comes from. Of one name, what an operator put
// over the API counts before the file, and the file before the defaults.
type Origin string

// The origins.
const (
	Default Origin = "default"
	File    Origin = "file"
	API     Origin = "api"
)

// series is a KPI by name: its versions, the newest last. Of the older ones the
// one before goes on beside it, so that both can be compared.
type series struct {
	name     string
	versions []*version
}

// current is the newest version that has all of history in it; the newest of
// all where none has yet.
func (s *series) current() *version {
	for _, v := range slices.Backward(s.versions) {
		if v.ready.Load() {
			return v
		}
	}
	return s.newest()
}

func (s *series) newest() *version { return s.versions[len(s.versions)-1] }

// running are the newest version and the latest ready one before it.
func (s *series) running() []*version {
	last := len(s.versions) - 1
	for i := last - 1; i >= 0; i-- {
		if s.versions[i].ready.Load() {
			return []*version{s.versions[i], s.versions[last]}
		}
	}
	return s.versions[last:]
}

func (s *series) number(n int) *version {
	for _, v := range s.versions {
		if v.Number == n {
			return v
		}
	}
	return nil
}

// Record is what is remembered of a version.
type Record struct {
	Number int    `json:"version"`
	Origin Origin `json:"origin"`
	// Since is when the definition was given (ms).
	Since  int64           `json:"since"`
	Source json.RawMessage `json:"definition"`
	// Basis is the definition's, see kpi.Definition.
	Basis string `json:"basis,omitempty"`
	Change
}

// Change says who gave a definition, and what for; both may be left out.
type Change struct {
	Who string `json:"who,omitempty"`
	Why string `json:"why,omitempty"`
}

// version is one definition at work.
type version struct {
	Record
	def *kpi.Definition
	// rule is the definition's thresholds, nil without any.
	rule *alert.Rule
	// ended stops the back-fill of a version that is given up.
	ended context.Context
	end   context.CancelFunc

	// ready: all of history is in, and events come live.
	ready atomic.Bool
	// done of total events have been read for the back-fill.
	done, total atomic.Uint64
	// took is how long Engine.catchUp last took with it.
	took time.Duration

	mu   sync.Mutex
	eval kpi.Evaluator
	// seq is the last event that is in.
	seq uint64
	// waiting are live batches that are not in yet.
	waiting []arrived
	// joining: events wait in backlog until history has been read up to them.
	joining bool
	backlog []pending
	watch   watch
	// saved: a checkpoint holds it, in so many bytes. filling: history is being
	// read into it.
	saved, filling bool
	size           int
}

type pending struct {
	last  uint64
	block *event.Block
}

// arrived is a live batch that waits, and the number of its last event.
type arrived struct {
	last  uint64
	batch *kpi.Batch
}

// take notes a live batch: it is applied by the next catchUp.
func (v *version) take(last uint64, b *kpi.Batch) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.ready.Load():
		// After a crash the log brings again what the checkpoint has already.
		if last > v.seq {
			v.waiting = append(v.waiting, arrived{last, b})
			v.watch.unjudged, v.watch.untold = true, true
		}
	case v.joining:
		v.backlog = append(v.backlog, pending{last, b.Block})
	}
}

// lock locks a version with all its events in.
func (v *version) lock() {
	v.mu.Lock()
	v.catchUp()
}

// catchUp applies the batches that wait. The version is locked.
func (v *version) catchUp() {
	for _, a := range v.waiting {
		v.eval.Apply(a.batch)
		v.seq = a.last
	}
	clear(v.waiting)
	v.waiting = v.waiting[:0]
}

// timedCatchUp notes how long it took.
func (v *version) timedCatchUp() {
	began := time.Now()
	v.lock()
	v.mu.Unlock()
	v.took = time.Since(began)
}

// tags are the places of tag keys in the definition's By.
func (v *version) places(keys []string) (by []int, unknown string) {
	for _, key := range keys {
		at := -1
		for i, k := range v.def.By {
			if k == key {
				at = i
			}
		}
		if at < 0 {
			return nil, key
		}
		by = append(by, at)
	}
	return by, ""
}
