package schedule

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Status is how one report stands.
type Status struct {
	*Plan
	Next time.Time
	// Sent is the newest instant whose report was stored for sending, zero before
	// the first. Fault is why the one that was due last was not.
	Sent  time.Time
	Fault string
}

// ErrUnknown is for a report that the configuration does not have.
var ErrUnknown = errors.New("there is no such report")

// Status lists the reports in the order of the configuration.
func (r *Runner) Status() []Status {
	now := r.opts.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []Status
	for _, p := range r.plans {
		s := Status{Plan: p, Next: p.Next(now)}
		if m := r.marks[p.Name]; m.Sent > 0 {
			s.Sent = time.UnixMilli(m.Sent)
		}
		if m := r.marks[p.Name]; m.Times == p.times() {
			s.Fault = m.Why
		}
		all = append(all, s)
	}
	return all
}

// Test sends the report that was due last once more, whether it was sent or not.
func (r *Runner) Test(ctx context.Context, name string) (Due, []string, error) {
	for _, p := range r.current() {
		if p.Name != name {
			continue
		}
		now := r.opts.Now()
		d := p.Due(p.Last(now))
		d.Test = true
		d.Key = fmt.Sprintf("%s@test@%d", p.Name, now.UnixNano())
		ids, err := r.opts.Send(ctx, d)
		return d, ids, err
	}
	return Due{}, nil, fmt.Errorf("%w: %q", ErrUnknown, name)
}
