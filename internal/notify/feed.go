package notify

import (
	"container/list"
	"context"
	"sync"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// settleTime bounds how long the next change of a series waits until the one
// before has been told. The Alertmanager looks at states: of changes that come
// within a millisecond it would see the last one only.
const settleTime = 100 * time.Millisecond

// forgetAfter is for how long a recovered series is remembered, so that a
// transition that comes again is known for old.
const forgetAfter = time.Hour

// feed hands transitions to the Alertmanager, those of a series one after
// another. One goroutine runs it; take and flushed may be called from any.
type feed struct {
	put       func(ctx context.Context, t alert.Transition) []*amalert.Alert
	immediate func(model.LabelSet) int

	mu      sync.Mutex
	queue   []alert.Transition
	told    []*amalert.Alert // flushed, and not looked at yet
	taken   uint64
	waiting int // queued, or held back in a series
	wake    chan struct{}

	// The rest belongs to run.
	series map[string]*series
	held   map[model.Fingerprint]*series
	order  *list.List // of *series held, oldest first
}

// series is one that a rule watches.
type series struct {
	last    alert.Position
	ok      bool
	at      time.Time // when it was handed over
	flushes int       // still expected for what was handed over
	alert   *amalert.Alert
	element *list.Element
	next    []alert.Transition // held back
}

func newFeed(put func(context.Context, alert.Transition) []*amalert.Alert, immediate func(model.LabelSet) int) *feed {
	return &feed{
		put: put, immediate: immediate, wake: make(chan struct{}, 1),
		series: map[string]*series{}, held: map[model.Fingerprint]*series{}, order: list.New(),
	}
}

// take queues a transition. It never blocks.
func (f *feed) take(t alert.Transition) {
	f.mu.Lock()
	f.queue = append(f.queue, t)
	f.taken++
	f.waiting++
	f.mu.Unlock()
	f.nudge()
}

// flushed notes that groups have been told of these alerts.
func (f *feed) flushed(alerts []*amalert.Alert) {
	f.mu.Lock()
	f.told = append(f.told, alerts...)
	f.mu.Unlock()
	f.nudge()
}

func (f *feed) nudge() {
	select {
	case f.wake <- struct{}{}:
	default: // it is awake
	}
}

func (f *feed) counts() (taken uint64, waiting int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.taken, f.waiting
}

func (f *feed) run(ctx context.Context) {
	timer := time.NewTimer(settleTime)
	defer timer.Stop()
	forget := time.NewTicker(forgetAfter)
	defer forget.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		case <-timer.C:
		case now := <-forget.C:
			f.forget(now)
		}
		f.turn(ctx)
		if first := f.order.Front(); first != nil {
			timer.Reset(time.Until(first.Value.(*series).at.Add(settleTime)))
		}
	}
}

// turn takes up what has come.
func (f *feed) turn(ctx context.Context) {
	f.mu.Lock()
	queue, told := f.queue, f.told
	f.queue, f.told = nil, nil
	f.mu.Unlock()
	for _, a := range told {
		f.settle(ctx, a)
	}
	for _, t := range queue {
		key := t.SeriesKey()
		s := f.series[key]
		if s == nil {
			s = &series{ok: true}
			f.series[key] = s
		}
		if s.element != nil {
			s.next = append(s.next, t)
			continue
		}
		f.hand(ctx, s, t)
	}
	for first := f.order.Front(); first != nil; first = f.order.Front() {
		s := first.Value.(*series)
		if time.Since(s.at) < settleTime {
			break
		}
		f.release(ctx, s)
	}
}

// hand gives a transition to the Alertmanager unless it is an old one.
func (f *feed) hand(ctx context.Context, s *series, t alert.Transition) {
	f.mu.Lock()
	f.waiting--
	f.mu.Unlock()
	if !s.advance(t) {
		return
	}
	f.hold(s, f.put(ctx, t))
}

// hold keeps the next changes of a series back until this one has been told.
func (f *feed) hold(s *series, alerts []*amalert.Alert) {
	s.at = time.Now()
	if s.ok || len(alerts) == 0 {
		return
	}
	s.alert = alerts[0]
	if s.flushes = f.immediate(s.alert.Labels); s.flushes > 0 {
		s.element = f.order.PushBack(s)
		f.held[s.alert.Fingerprint()] = s
	}
}

// advance reports whether t is news of the series.
func (s *series) advance(t alert.Transition) bool {
	if t.Position != (alert.Position{}) {
		if !s.last.Before(t.Position) {
			return false
		}
		s.last = t.Position
	}
	s.ok = t.State == alert.OK
	return true
}

func (f *feed) settle(ctx context.Context, a *amalert.Alert) {
	s := f.held[a.Fingerprint()]
	if s == nil || a.UpdatedAt.Before(s.alert.UpdatedAt) {
		return
	}
	if s.flushes--; s.flushes <= 0 {
		f.release(ctx, s)
	}
}

// release hands over what was held back, up to the next alert that fires.
func (f *feed) release(ctx context.Context, s *series) {
	f.order.Remove(s.element)
	s.element = nil
	delete(f.held, s.alert.Fingerprint())
	for len(s.next) > 0 && s.element == nil {
		t := s.next[0]
		s.next = s.next[1:]
		f.hand(ctx, s, t)
	}
}

func (f *feed) forget(now time.Time) {
	for key, s := range f.series {
		if s.ok && s.element == nil && now.Sub(s.at) > forgetAfter {
			delete(f.series, key)
		}
	}
}

// seen notes where a series stands at a start, before run.
func (f *feed) seen(t alert.Transition, alerts []*amalert.Alert) {
	s := &series{}
	s.advance(t)
	f.series[t.SeriesKey()] = s
	f.hold(s, alerts)
}
