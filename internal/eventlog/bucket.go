package eventlog

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// What JetStream takes for names and keys.
var (
	bucketName = regexp.MustCompile(`^[-_a-zA-Z0-9]+$`)
	bucketKey  = regexp.MustCompile(`^[-/_=a-zA-Z0-9]+(\.[-/_=a-zA-Z0-9]+)*$`)
)

// maxBucketName leaves room for the stream's name in what becomes a file name.
const maxBucketName = 64

// Bucket is a durable map from keys to values, kept beside the log on the same
// server: a JetStream key-value bucket. All methods may be called at the same
// time; of two Puts of one key at the same time either may stay.
type Bucket struct {
	log  *Log
	name string

	mu    sync.Mutex
	on    *link // the link that store belongs to
	store jetstream.Stream
}

// Bucket opens the bucket of that name, or makes it.
func (l *Log) Bucket(ctx context.Context, name string) (*Bucket, error) {
	if len(name) > maxBucketName || !bucketName.MatchString(name) {
		return nil, fmt.Errorf("%q is no name for a bucket: use up to %d letters, digits, - and _", name, maxBucketName)
	}
	b := &Bucket{log: l, name: l.opts.Stream + "_" + name}
	err := b.try(ctx, func(context.Context, *link, jetstream.Stream) error { return nil })
	if err != nil {
		return nil, fmt.Errorf("open the bucket %s: %w", name, err)
	}
	return b, nil
}

// Put stores value under key. When it returns nil the value is on disk; after
// an error the outcome may be unknown, and it may be repeated.
func (b *Bucket) Put(ctx context.Context, key string, value []byte) error {
	if !bucketKey.MatchString(key) {
		return badKey(key)
	}
	if err := b.log.room(len(value), half); err != nil {
		return err
	}
	return b.try(ctx, func(ctx context.Context, k *link, _ jetstream.Stream) error {
		if most := k.maxPayload(); len(value) > most {
			return fmt.Errorf("%w: %d bytes, at most %d go into one value", ErrTooLarge, len(value), most)
		}
		_, err := k.js.Publish(ctx, b.subject(key), value)
		var refused *jetstream.APIError
		if errors.As(err, &refused) && outOfSpace(refused) {
			return fmt.Errorf("%w: the server says: %s", ErrNoSpace, refused.Description)
		}
		return err
	})
}

// Delete removes a key and leaves no trace of it. That there is none is no
// error. A power failure soon after may bring the key back.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if !bucketKey.MatchString(key) {
		return badKey(key)
	}
	if !b.log.mayPurge() {
		return fmt.Errorf("%w: deleting needs a little of it", ErrNoSpace)
	}
	return b.try(ctx, func(ctx context.Context, _ *link, s jetstream.Stream) error {
		return s.Purge(ctx, jetstream.WithPurgeSubject(b.subject(key)))
	})
}

func (b *Bucket) subject(key string) string { return "$KV." + b.name + "." + key }

func badKey(key string) error {
	return fmt.Errorf("%q is no key for a bucket: use letters, digits, -, _, =, / and dots between them", key)
}

// try calls do with the link in use, and again with the next one when that
// breaks meanwhile: every operation here may be repeated. It gives up with
// ErrUnavailable after ackWait.
func (b *Bucket) try(ctx context.Context, do func(context.Context, *link, jetstream.Stream) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, ackWait, fmt.Errorf("%w: no answer within %s", ErrUnavailable, ackWait))
	defer cancel()
	for retry := firstRetry; ; retry = min(2*retry, lastRetry) {
		err := b.once(ctx, do)
		var stop handleError
		switch {
		case err == nil, errors.Is(err, ErrTooLarge), errors.Is(err, ErrNoSpace):
			return err
		case errors.As(err, &stop):
			return stop.error
		}
		b.log.hint()
		select {
		case <-time.After(retry):
		case <-b.log.closing.Done():
			return errClosed
		case <-ctx.Done():
			return fmt.Errorf("%w: bucket %s: %w", context.Cause(ctx), b.name, err)
		}
	}
}

func (b *Bucket) once(ctx context.Context, do func(context.Context, *link, jetstream.Stream) error) error {
	k, err := b.log.await(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(k.connection(), cancel)()
	stream, err := b.stream(ctx, k)
	if err != nil {
		return err
	}
	if err = do(ctx, k, stream); err != nil {
		b.forget() // somebody may have deleted the stream
	}
	return err
}

func (b *Bucket) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.on = nil
}

// stream finds the bucket's stream on a link. One that an operator made, with
// replicas for example, is used as it is, unless it could lose a value.
func (b *Bucket) stream(ctx context.Context, k *link) (jetstream.Stream, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.on == k {
		return b.store, nil
	}
	stream, err := k.js.Stream(ctx, "KV_"+b.name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		_, err = k.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: b.name, Description: "hms-monitor: state that outlives a restart",
			History: 1, Storage: jetstream.FileStorage, Replicas: 1,
		})
		if err == nil || errors.Is(err, jetstream.ErrBucketExists) { // another node was quicker
			stream, err = k.js.Stream(ctx, "KV_"+b.name)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("find or make the bucket %s: %w", b.name, err)
	}
	if c := stream.CachedInfo().Config; c.Storage != jetstream.FileStorage || c.MaxAge > 0 || c.Discard != jetstream.DiscardNew {
		return nil, handleError{fmt.Errorf("the bucket %s could lose values: its storage must be file, and it must have no TTL", b.name)}
	}
	b.on, b.store = k, stream
	return stream, nil
}
