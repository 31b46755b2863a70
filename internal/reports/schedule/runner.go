package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Bucket is a durable map: what was put is on disk.
type Bucket interface {
	Put(ctx context.Context, key string, value []byte) error
	Each(ctx context.Context, handle func(key string, value []byte) error) error
}

// Options are what New needs.
type Options struct {
	Plans []*Plan
	// Marks keeps how far each report has come.
	Marks Bucket
	// Send makes a report and stores it for sending. It may be called twice for
	// one report around a crash, with the same key. It gives the ids of what it
	// stored.
	Send   func(ctx context.Context, d Due) ([]string, error)
	Now    func() time.Time
	Logger *slog.Logger
}

// Runner has reports sent when they are due.
type Runner struct {
	opts    Options
	changed chan struct{}

	mu    sync.Mutex
	plans []*Plan
	marks map[string]mark
}

// mark is how far a report has come.
type mark struct {
	// Times is the timetable in words: with another one, what it had due before
	// is not made up for.
	Times string `json:"times"`
	// Upto is the newest instant that is dealt with, in ms, or when the report was
	// first seen; Sent the newest for which a report was stored.
	Upto int64  `json:"upto"`
	Sent int64  `json:"sent,omitempty"`
	Why  string `json:"fault,omitempty"` // for which the one at Upto was not sent
}

const (
	firstRetry = 2 * time.Second
	lastRetry  = time.Minute
	// glance is how often the clock is looked at: it may be set, or the machine
	// may sleep, while timers do not know.
	glance = 30 * time.Second
)

// New reads how far reports have come.
func New(ctx context.Context, o Options) (*Runner, error) {
	r := &Runner{opts: o, plans: o.Plans, changed: make(chan struct{}, 1), marks: map[string]mark{}}
	err := o.Marks.Each(ctx, func(key string, value []byte) error {
		var m mark
		if err := json.Unmarshal(value, &m); err != nil {
			o.Logger.Error("how far a report has come cannot be read, it goes on from now", "report", key, "error", err)
			return nil
		}
		r.marks[key] = m
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read how far reports have come: %w", err)
	}
	return r, nil
}

// Replace puts other plans into force.
func (r *Runner) Replace(plans []*Plan) {
	r.mu.Lock()
	r.plans = plans
	r.mu.Unlock()
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// Run has reports sent until ctx ends. Each has its own turn: one that cannot be
// made keeps no other waiting.
func (r *Runner) Run(ctx context.Context) {
	for ctx.Err() == nil {
		round, cancel := context.WithCancel(ctx)
		var all sync.WaitGroup
		for _, p := range r.current() {
			all.Go(func() { r.follow(round, p) })
		}
		select {
		case <-ctx.Done():
		case <-r.changed:
		}
		cancel()
		all.Wait()
	}
}

func (r *Runner) current() []*Plan {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.plans
}

// follow sends one report whenever it is due. Of several that were missed, the
// newest is sent, if it is not too late for it.
func (r *Runner) follow(ctx context.Context, p *Plan) {
	upto := r.begin(ctx, p)
	for ctx.Err() == nil {
		now := r.opts.Now()
		due := p.Last(now)
		if !due.After(upto) {
			wait(ctx, min(p.Next(now).Sub(now), glance))
			continue
		}
		err := r.send(ctx, p, due)
		if ctx.Err() != nil {
			return
		}
		r.note(ctx, p, due, err)
		upto = due
	}
}

// begin is up to when everything is dealt with.
func (r *Runner) begin(ctx context.Context, p *Plan) time.Time {
	r.mu.Lock()
	m, known := r.marks[p.Name]
	r.mu.Unlock()
	if known && m.Times == p.times() {
		return time.UnixMilli(m.Upto)
	}
	now := r.opts.Now()
	m.Times, m.Upto, m.Why = p.times(), now.UnixMilli(), ""
	r.keep(ctx, p.Name, m)
	return now
}

func (p *Plan) times() string { return p.Schedule + " " + p.zone.String() }

var errTooLate = errors.New("it was missed, and it is too late for it now")

// send tries until the report is stored or too late.
func (r *Runner) send(ctx context.Context, p *Plan, at time.Time) error {
	cause := errTooLate
	for retry := firstRetry; ; retry = min(2*retry, lastRetry) {
		if r.opts.Now().Sub(at) > time.Duration(p.CatchUp) {
			return cause
		}
		_, err := r.opts.Send(ctx, p.Due(at))
		if err == nil || ctx.Err() != nil {
			return err
		}
		r.opts.Logger.Warn("a report could not be made and is tried again", "report", p.Name, "due", at, "error", err)
		cause = err
		wait(ctx, retry)
	}
}

// note keeps what became of a report.
func (r *Runner) note(ctx context.Context, p *Plan, at time.Time, err error) {
	r.mu.Lock()
	m := r.marks[p.Name]
	r.mu.Unlock()
	m.Times, m.Upto, m.Why = p.times(), at.UnixMilli(), ""
	if err == nil {
		m.Sent = m.Upto
		r.opts.Logger.Info("a report is on its way", "report", p.Name, "due", at)
	} else {
		m.Why = err.Error()
		r.opts.Logger.Error("a report was not sent", "report", p.Name, "due", at, "error", err)
	}
	r.keep(ctx, p.Name, m)
}

// keep puts a mark on disk. One that cannot be kept costs nothing but a second
// try at the next start: a report is stored once.
func (r *Runner) keep(ctx context.Context, name string, m mark) {
	r.mu.Lock()
	r.marks[name] = m
	r.mu.Unlock()
	value, err := json.Marshal(m)
	if err == nil {
		err = r.opts.Marks.Put(ctx, name, value)
	}
	if err != nil && ctx.Err() == nil {
		r.opts.Logger.Warn("how far a report has come is not on disk", "report", name, "error", err)
	}
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(max(d, time.Millisecond))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
