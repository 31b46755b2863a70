package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Bucket is a durable map. Keys are hexadecimal.
type Bucket interface {
	// Put returns nil once the value is on disk.
	Put(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
	// Each calls handle with every entry.
	Each(ctx context.Context, handle func(key string, value []byte) error) error
}

// journal keeps the entries of an Alertmanager state (its notification log, its
// silences) in a bucket. The state hands over each change while it holds its own
// lock, so a change is only noted then, and written by whoever made it once the
// lock is free: a slow disk makes no other group wait.
type journal struct {
	bucket Bucket
	// entry tells the name of a serialised entry, and when it may be forgotten.
	entry func([]byte) (name string, expires time.Time, err error)

	mu      sync.Mutex
	pending map[string][]byte // by key, changes not on disk
	expires map[string]time.Time
	failed  uint64
	broken  error
}

func newJournal(bucket Bucket, entry func([]byte) (string, time.Time, error)) *journal {
	return &journal{bucket: bucket, entry: entry, pending: map[string][]byte{}, expires: map[string]time.Time{}}
}

func keyOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16])
}

// load merges what is stored. An entry that cannot be read is left out, and told.
func (j *journal) load(ctx context.Context, now time.Time, merge func([]byte) error) error {
	var unreadable []error
	err := j.bucket.Each(ctx, func(key string, value []byte) error {
		_, expires, err := j.entry(value)
		if err == nil && expires.After(now) {
			err = merge(value)
		}
		if err != nil {
			unreadable = append(unreadable, fmt.Errorf("entry %s: %w", key, err))
			return nil
		}
		j.expires[key] = expires
		return nil
	})
	if err != nil {
		return err
	}
	return errors.Join(unreadable...)
}

// note takes a change of the state. It is called under the state's lock.
func (j *journal) note(b []byte) {
	name, expires, err := j.entry(b)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.broken = err
		return
	}
	key := keyOf(name)
	j.pending[key] = b
	j.expires[key] = expires
}

// write puts the entry of that name on disk, if it has changed.
func (j *journal) write(ctx context.Context, name string) error {
	return j.writeKey(ctx, keyOf(name))
}

func (j *journal) writeKey(ctx context.Context, key string) error {
	j.mu.Lock()
	value, changed := j.pending[key]
	delete(j.pending, key)
	j.mu.Unlock()
	if !changed {
		return nil
	}
	err := j.bucket.Put(ctx, key, value)
	if err == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failed++
	if _, newer := j.pending[key]; !newer {
		j.pending[key] = value
	}
	return err
}

// writeAll puts every change on disk.
func (j *journal) writeAll(ctx context.Context) error {
	j.mu.Lock()
	keys := slices.Collect(maps.Keys(j.pending))
	broken := j.broken
	j.broken = nil
	j.mu.Unlock()
	errs := []error{broken}
	for _, key := range keys {
		errs = append(errs, j.writeKey(ctx, key))
	}
	return errors.Join(errs...)
}

// sweep deletes what has expired.
func (j *journal) sweep(ctx context.Context, now time.Time) error {
	j.mu.Lock()
	var old []string
	for key, expires := range j.expires {
		if !expires.After(now) {
			old = append(old, key)
		}
	}
	j.mu.Unlock()
	var errs []error
	for _, key := range old {
		if err := j.bucket.Delete(ctx, key); err != nil {
			errs = append(errs, err)
			continue
		}
		j.mu.Lock()
		if !j.expires[key].After(now) {
			delete(j.expires, key)
			delete(j.pending, key)
		}
		j.mu.Unlock()
	}
	return errors.Join(errs...)
}

// counts tells how many entries there are, and how many writes have failed.
func (j *journal) counts() (entries int, failed uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.expires), j.failed
}
