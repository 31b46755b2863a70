package importer

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const (
	// lookAhead is how many rows are read before the earliest event of them is
	// posted, so that files sorted only roughly come out sorted.
	lookAhead = 10_000
	// tick is how long events that fall due are gathered into one request.
	tick = 50 * time.Millisecond
)

// replay posts all files as one stream, in the order of event time, at the
// pace at which the events happened. A row's later events wait for their turn;
// an event that is behind the clock when it is read goes out at once.
func (r *run) replay(ctx context.Context) error {
	q := &replayQueue{run: r}
	defer q.close()
	var clock *replayClock
	var due []mapped
	for {
		e, err := q.next()
		if errors.Is(err, io.EOF) {
			return r.postReplayed(ctx, due)
		}
		if err != nil {
			return err
		}
		if clock == nil {
			clock = &replayClock{started: time.Now(), first: e.Time, speed: r.Replay}
		}
		if wait := time.Until(clock.when(e.Time)); wait > 0 || len(due) >= batchEvents {
			if err := r.postReplayed(ctx, due); err != nil {
				return err
			}
			due = due[:0]
			r.Progress.update(event.Time(e.Time).Format("2006-01-02 15:04"), q.read(), q.total, r.report.Events)
			if wait > 0 {
				if err := client.Pause(ctx, max(wait, tick)); err != nil {
					return &stopped{"stopped at " + event.Time(e.Time).Format(time.RFC3339), err}
				}
			}
		}
		if r.ShiftToNow {
			clock.shift(&e)
		}
		due = append(due, e)
	}
}

func (r *run) postReplayed(ctx context.Context, due []mapped) error {
	var refused []refusal
	s := sender{post: r.Client, refuse: func(f refusal) { refused = append(refused, f) }}
	stored, err := s.send(ctx, due)
	r.report.Events += stored
	return errors.Join(err, r.refuse(refused))
}

// replayClock maps event time to the time of posting.
type replayClock struct {
	started time.Time
	first   int64
	speed   float64
}

func (c *replayClock) when(ms int64) time.Time {
	// Through float: years at speed 0.1 would overflow a Duration's arithmetic
	// in milliseconds times 10^6.
	ahead := float64(ms-c.first) / c.speed
	const most = float64(1 << 43) // 278 years in ms
	return c.started.Add(time.Duration(max(-most, min(most, ahead))) * time.Millisecond)
}

// shift gives an event the time of its posting, and every time among its tags
// the same treatment. It is a new event then, with an id of its own.
func (c *replayClock) shift(e *mapped) {
	e.Time = event.Millis(c.when(e.Time))
	e.ID = fmt.Sprintf("%s@%d", e.ID, event.Millis(c.started))
	for _, i := range e.timeTags {
		if at, err := time.Parse(time.RFC3339Nano, e.Tags[i].Value); err == nil {
			e.Tags[i].Value = c.when(event.Millis(at)).UTC().Format("2006-01-02T15:04:05.999Z07:00")
		}
	}
}

// replayQueue reads ahead and hands out the earliest event.
type replayQueue struct {
	*run
	files int // how many of run.Files have been opened
	in    *input
	parts []inputPart
	rows  *rowReader
	heap  eventHeap
	fresh []mapped
	bad   []refusal
	count uint64
	leads int   // rows whose earliest event is still in the heap
	done  int64 // bytes of the files before this one
	total int64
}

func (q *replayQueue) next() (mapped, error) {
	for q.leads < lookAhead {
		err := q.fill()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return mapped{}, err
		}
	}
	if len(q.heap) == 0 {
		return mapped{}, io.EOF
	}
	first := heap.Pop(&q.heap).(queued)
	if first.leads {
		q.leads--
	}
	return first.mapped, nil
}

// fill reads one row.
func (q *replayQueue) fill() error {
	if q.rows == nil {
		if err := q.open(); err != nil {
			return err
		}
	}
	q.fresh = q.fresh[:0]
	_, err := q.rows.next(&q.fresh)
	if errors.Is(err, io.EOF) {
		q.report.Notes = append(q.report.Notes, q.rows.notes()...)
		err, q.rows = q.rows.close(), nil
		return err
	}
	if err != nil {
		return err
	}
	q.report.Rows++
	lead := earliest(q.fresh)
	for i, e := range q.fresh {
		q.count++
		heap.Push(&q.heap, queued{e, q.count, i == lead})
	}
	if len(q.fresh) > 0 {
		q.leads++
	}
	err = q.refuse(q.bad)
	q.bad = q.bad[:0]
	return err
}

func earliest(events []mapped) int {
	first := 0
	for i := range events {
		if events[i].Time < events[first].Time {
			first = i
		}
	}
	return first
}

// open goes to the next part, of the next file where there is none.
func (q *replayQueue) open() error {
	for len(q.parts) == 0 {
		if err := q.close(); err != nil {
			return err
		}
		if q.files == len(q.Files) {
			return io.EOF
		}
		in, err := openInput(q.Files[q.files], q.Map)
		if err != nil {
			return err
		}
		q.files++
		q.in, q.parts = in, in.parts
		q.total += in.total
	}
	rows, err := openRows(q.parts[0], q.Map, q.HashKey, func(f refusal) { q.bad = append(q.bad, f) })
	q.rows, q.parts = rows, q.parts[1:]
	return err
}

func (q *replayQueue) read() int64 {
	if q.in == nil {
		return q.done
	}
	return q.done + q.in.read.Load()
}

func (q *replayQueue) close() error {
	if q.in == nil {
		return nil
	}
	q.done = q.read()
	err := q.in.close()
	q.in = nil
	return err
}

// eventHeap orders events by time; those of one instant stay in file order.
type eventHeap []queued

type queued struct {
	mapped
	order uint64
	leads bool // the earliest of its row
}

func (h eventHeap) Len() int { return len(h) }
func (h eventHeap) Less(i, j int) bool {
	if h[i].Time != h[j].Time {
		return h[i].Time < h[j].Time
	}
	return h[i].order < h[j].order
}
func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *eventHeap) Push(x any)   { *h = append(*h, x.(queued)) }
func (h *eventHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = queued{}
	*h = old[:len(old)-1]
	return last
}
