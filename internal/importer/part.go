package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	batchEvents = 2000
	// batchBytes keeps a batch well below the server's limit for a request.
	batchBytes = 4 << 20
	// batchRows lets progress be seen where few rows give an event.
	batchRows = 50_000
)

// batch is what is sent and acknowledged at once: whole rows of one part.
type batch struct {
	events  []mapped
	refused []refusal
	rows    int // how many rows gave this
	lastRow int
	bytes   int
}

func (b *batch) full() bool {
	return len(b.events) >= batchEvents || b.bytes >= batchBytes || b.rows >= batchRows
}

// importPart reads and maps in one goroutine while the batch before is posted
// in this one, so that the order of rows is the order of arrival.
func (r *run) importPart(ctx context.Context, in *input, part inputPart, keep *stateFile, state *resumeState) error {
	ctx, cancel := context.WithCancel(ctx)
	batches := make(chan *batch, 1)
	var readFault error
	go func() {
		defer close(batches)
		readFault = r.produce(ctx, part, state.Rows[part.name], func(b *batch) error {
			select {
			case batches <- b:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	// Leaving means that the reader has stopped: it writes notes to the report.
	defer func() {
		cancel()
		for range batches {
		}
	}()
	for b := range batches {
		if err := r.deliver(ctx, part, b, state); err != nil {
			return err
		}
		r.Progress.update(part.name, in.read.Load(), in.total, r.report.Events)
		if now := time.Now(); keep.due(now) {
			if err := keep.save(state, now); err != nil {
				return err
			}
		}
	}
	return readFault
}

// deliver posts a batch and notes it as done.
func (r *run) deliver(ctx context.Context, part inputPart, b *batch, state *resumeState) error {
	refused := b.refused
	s := sender{post: r.Client, refuse: func(f refusal) { refused = append(refused, f) }}
	stored, err := s.send(ctx, b.events)
	if err != nil {
		return err
	}
	r.report.Rows += b.rows
	r.report.Events += stored
	state.Events += stored
	state.Refused += len(refused)
	state.Rows[part.name] = b.lastRow
	if n := len(b.events); n > 0 && stored == n {
		last := b.events[n-1].Event
		state.Last = &last
	}
	return r.refuse(refused)
}

// produce reads a part from the row after skip on and hands over batches.
func (r *run) produce(ctx context.Context, part inputPart, skip int, hand func(*batch) error) (err error) {
	b := &batch{}
	refuse := func(f refusal) { b.refused = append(b.refused, f) }
	rows, err := openRows(part, r.Map, r.HashKey, refuse)
	if err != nil {
		return err
	}
	defer rows.close()
	rows.skip = skip
	for ctx.Err() == nil {
		before := len(b.events)
		at, err := rows.next(&b.events)
		if errors.Is(err, io.EOF) {
			r.report.Notes = append(r.report.Notes, rows.notes()...)
			if b.rows > 0 {
				return hand(b)
			}
			return nil
		}
		if err != nil {
			// What was read before the fault is sent; the error follows it.
			if b.rows > 0 {
				err = errors.Join(hand(b), err)
			}
			return err
		}
		b.rows++
		b.lastRow = at.row
		for _, e := range b.events[before:] {
			b.bytes += weigh(e)
		}
		if b.full() {
			if err := hand(b); err != nil {
				return err
			}
			b = &batch{events: make([]mapped, 0, batchEvents+8)}
		}
	}
	return ctx.Err()
}

// weigh estimates an event's size on the wire.
func weigh(e mapped) int {
	n := 80 + len(e.Metric) + len(e.ID) + len(e.Source)
	for _, t := range e.Tags {
		n += 6 + len(t.Key) + len(t.Value)
	}
	return n
}

// rowReader joins a part's decoder with the mapper.
type rowReader struct {
	part   inputPart
	from   io.ReadCloser
	decode decoder
	*mapper
	skip   int
	buffer []string
}

func openRows(part inputPart, m *Map, hashKey string, refuse func(refusal)) (*rowReader, error) {
	from, err := part.open()
	if err != nil {
		return nil, err
	}
	columns := m.columns()
	decode, err := newDecoder(part.format, from, m, columns)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", part.name, err), from.Close())
	}
	return &rowReader{part: part, from: from, decode: decode, mapper: newMapper(m, part.name, hashKey, refuse), buffer: make([]string, len(columns))}, nil
}

func (r *rowReader) close() error { return r.from.Close() }

// next appends the events of the next row that is not skipped.
func (r *rowReader) next(dst *[]mapped) (place, error) {
	for {
		at, err := r.decode.next(r.buffer)
		var bad *badRow
		switch {
		case errors.As(err, &bad):
			if at.row > r.skip {
				r.refuse(refusal{place: at, file: r.part.name, reason: bad.reason})
				return at, nil
			}
		case err != nil:
			return at, err
		case at.row > r.skip:
			*dst = r.mapper.row(*dst, r.buffer, at)
			return at, nil
		}
	}
}

func (r *rowReader) notes() []string {
	notes := r.mapper.notes()
	if missing := r.decode.unseen(); len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("%s: no row has a column named %s", r.part.name, strings.Join(missing, ", ")))
	}
	return notes
}
