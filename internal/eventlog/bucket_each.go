package eventlog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// atOnce is how many values are asked for at a time.
const atOnce = 256

// Each calls handle with every key and its value, in the order of the last
// Put, and ends with the first error. A key put meanwhile may come twice, then
// with the newer value last. The value belongs to handle.
func (b *Bucket) Each(ctx context.Context, handle func(key string, value []byte) error) error {
	begun := false
	return b.try(ctx, func(ctx context.Context, k *link, s jetstream.Stream) error {
		if begun {
			return handleError{fmt.Errorf("%w: the connection broke while the bucket %s was read", ErrUnavailable, b.name)}
		}
		consumer, err := s.CreateConsumer(ctx, jetstream.ConsumerConfig{
			DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, FilterSubject: b.subject(">"),
			AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1,
			InactiveThreshold: consumerLife,
		})
		if err != nil {
			return fmt.Errorf("read the bucket %s: %w", b.name, err)
		}
		defer func() {
			ctx, cancel := k.call(context.WithoutCancel(ctx))
			defer cancel()
			_ = s.DeleteConsumer(ctx, consumer.CachedInfo().Name) // it is forgotten by itself, later
		}()
		for {
			n, err := b.fetch(ctx, consumer, func(key string, value []byte) error {
				begun = true
				return handle(key, value)
			})
			if n == 0 || err != nil {
				return err
			}
		}
	})
}

// fetch hands on what the consumer has now, and says how many messages it was.
func (b *Bucket) fetch(ctx context.Context, consumer jetstream.Consumer, handle func(string, []byte) error) (n int, err error) {
	batch, err := consumer.FetchNoWait(atOnce)
	if err != nil {
		return 0, fmt.Errorf("read the bucket %s: %w", b.name, err)
	}
	late := time.NewTimer(ackWait)
	defer late.Stop()
	for {
		select {
		case m, more := <-batch.Messages():
			if !more {
				return n, batch.Error()
			}
			n++
			if m.Headers().Get("KV-Operation") != "" { // a mark of another client's delete
				continue
			}
			if err := handle(strings.TrimPrefix(m.Subject(), b.subject("")), m.Data()); err != nil {
				return n, handleError{err}
			}
		case <-late.C:
			return n, fmt.Errorf("read the bucket %s: no answer within %s", b.name, ackWait)
		case <-ctx.Done():
			return n, ctx.Err()
		}
	}
}
