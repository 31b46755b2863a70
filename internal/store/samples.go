package store

import "context"

// SampleQuery says what Samples reads: the events of Filter whose time is From
// or later and before To (ms), and whose number is at most Last.
type SampleQuery struct {
	Filter
	From, To int64
	Last     uint64
}

// Sampler reads events by their time.
type Sampler interface {
	// Samples yields the events that q asks for, ascending by number, in blocks
	// that have metric, value, time and every tag. No transaction is open while
	// yield runs, but all that is asked for may be read before its first call.
	Samples(ctx context.Context, q SampleQuery, yield func(Numbered) error) error
}
