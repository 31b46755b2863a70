package eventlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ensureStream finds the stream, or makes it. One that an operator made (with
// replicas, or another placement) is used as it is, provided that it never
// drops a message by itself.
func ensureStream(ctx context.Context, js jetstream.JetStream, o Options) (jetstream.Stream, error) {
	stream, err := js.Stream(ctx, o.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = js.CreateStream(ctx, streamConfig(o))
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another node was quicker
			stream, err = js.Stream(ctx, o.Stream)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: find or make the stream %s: %w", ErrUnavailable, o.Stream, err)
	}
	if err := fit(stream.CachedInfo().Config, o); err != nil {
		return nil, fmt.Errorf("the stream %s cannot serve as the event log: %w", o.Stream, err)
	}
	return stream, nil
}

func streamConfig(o Options) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        o.Stream,
		Description: "hms-monitor: events in the order of their arrival",
		Subjects:    []string{o.subject()},
		Retention:   jetstream.LimitsPolicy, // with no limits: Purge alone removes
		Discard:     jetstream.DiscardNew,
		Storage:     jetstream.FileStorage,
		Replicas:    1,
		Duplicates:  100 * time.Millisecond, // unused: duplicates are the pipeline's business
		DenyDelete:  true,                   // sequence numbers stay dense
	}
}

// fit names everything about c that could lose or reorder messages.
func fit(c jetstream.StreamConfig, o Options) error {
	var faults []error
	add := func(bad bool, text string) {
		if bad {
			faults = append(faults, errors.New(text))
		}
	}
	add(!slices.Equal(c.Subjects, []string{o.subject()}), "its only subject must be "+o.subject())
	add(c.Retention != jetstream.LimitsPolicy, "its retention must be limits")
	add(c.Storage != jetstream.FileStorage, "its storage must be file")
	add(c.MaxAge > 0, "max age must be unlimited")
	add((c.MaxMsgs > 0 || c.MaxBytes > 0 || c.MaxMsgsPerSubject > 0) && c.Discard != jetstream.DiscardNew,
		"with a limit of messages or bytes, discard must be new")
	add(c.MaxMsgsPerSubject > 0 && !c.DiscardNewPerSubject, "messages per subject must be unlimited")
	add(c.Sealed, "it is sealed")
	add(c.NoAck, "it must acknowledge")
	add(c.Mirror != nil || len(c.Sources) > 0, "it must have no mirror and no sources")
	return errors.Join(faults...)
}
