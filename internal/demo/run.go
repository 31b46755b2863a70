package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const (
	// mostBatch is how many events go into one request.
	mostBatch = 1000
	// tick gathers what falls due at about the same time.
	tick = 100 * time.Millisecond
	// lastWords is how long the last events may take after the end was asked for.
	lastWords = 5 * time.Second
)

// Poster is the part of client.Client that a demo needs.
type Poster interface {
	Post(ctx context.Context, events []event.Event, key string) error
}

// Summary is what a demo did.
type Summary struct {
	Events   int
	ByMetric map[string]int
	Lasted   time.Duration
}

// Run posts what happens in the office when it is due, until ctx ends or the
// duration is over (0: never). Being told to end is no error.
func Run(ctx context.Context, o *Office, to Poster, notes io.Writer, duration time.Duration) (Summary, error) {
	r := &runner{office: o, to: to, notes: notes, sum: Summary{ByMetric: make(map[string]int)}}
	started := time.Now()
	if duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, duration)
		defer cancel()
	}
	err := r.play(ctx)
	r.sum.Lasted = time.Since(started)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return r.sum, nil
	}
	return r.sum, err
}

type runner struct {
	office *Office
	to     Poster
	notes  io.Writer
	due    []event.Event
	sum    Summary
}

// play ends with an error, if only that of ctx.
func (r *runner) play(ctx context.Context) error {
	for {
		item := r.office.Next()
		wait := time.Until(event.Time(item.Time))
		if wait > 0 || len(r.due) == mostBatch {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
		if wait > 0 {
			if err := client.Pause(ctx, max(wait, tick)); err != nil {
				return err
			}
		}
		if item.Note != "" {
			fmt.Fprintln(r.notes, item.Note)
			continue
		}
		r.due = append(r.due, item.Event)
	}
}

// flush posts what is due. A request that has begun is seen to its end, so that
// the summary is true.
func (r *runner) flush(ctx context.Context) error {
	if len(r.due) == 0 {
		return ctx.Err()
	}
	posting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lastWords, cancel) })
	defer stop()
	if err := r.to.Post(posting, r.due, client.NewKey()); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	for _, e := range r.due {
		r.sum.ByMetric[e.Metric]++
	}
	r.sum.Events += len(r.due)
	r.due = r.due[:0]
	return ctx.Err()
}

// Print writes the summary for people, the most frequent metric first.
func (s Summary) Print(w io.Writer) {
	fmt.Fprintf(w, "posted %d events in %s\n", s.Events, s.Lasted.Round(time.Second))
	names := make([]string, 0, len(s.ByMetric))
	for name := range s.ByMetric {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.ByMetric[b], s.ByMetric[a]), cmp.Compare(a, b))
	})
	for _, name := range names {
		fmt.Fprintf(w, "%8d %s\n", s.ByMetric[name], name)
	}
}
