package ingest

import (
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// tagKeys are the distinct tag keys in use. Each becomes a column in the store,
// so their number is limited; they are never forgotten while the server runs.
type tagKeys struct {
	most  int
	known atomic.Pointer[map[string]struct{}] // replaced, never changed
	grow  sync.Mutex
}

func newTagKeys(most int, known []string) *tagKeys {
	t := &tagKeys{most: most}
	set := make(map[string]struct{}, len(known))
	for _, k := range known {
		set[k] = struct{}{}
	}
	t.known.Store(&set)
	return t
}

// admit makes room for the keys of a block, or names the event with the first
// key that finds none.
func (t *tagKeys) admit(b *event.Block) *Refusal {
	if t.missing(b) == 0 {
		return nil
	}
	t.grow.Lock()
	defer t.grow.Unlock()
	known := *t.known.Load()
	if len(known)+t.missing(b) > t.most {
		return t.refuse(b, known)
	}
	grown := maps.Clone(known)
	for i := range b.Tags {
		grown[b.Tags[i].Key] = struct{}{}
	}
	t.known.Store(&grown)
	return nil
}

func (t *tagKeys) missing(b *event.Block) (n int) {
	known := *t.known.Load()
	for i := range b.Tags {
		if _, ok := known[b.Tags[i].Key]; !ok {
			n++
		}
	}
	return n
}

func (t *tagKeys) refuse(b *event.Block, known map[string]struct{}) *Refusal {
	r := refuse(Malformed, "nothing of the request was stored")
	for i := range b.Tags {
		c := &b.Tags[i]
		if _, ok := known[c.Key]; ok {
			continue
		}
		row := 0
		for !c.Has(row) {
			row++
		}
		r.Errors = append(r.Errors, FieldError{Index: row, Field: "tags." + c.Key, Detail: fmt.Sprintf(
			"is a new tag key, and %d of at most %d keys are in use: reuse one of them, or raise ingest.max_tag_keys", len(known), t.most)})
		if len(r.Errors) == maxReported {
			break
		}
	}
	return r
}
