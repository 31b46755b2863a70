// Package own watches what the server itself lives on, its disk, so that people
// hear of a control room that is about to take no more events before it does. It
// is a rule like any other: what it finds is logged, told and shown as theirs is.
package own

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/rules"
)

// Kind is the alert.Transition.Kind of what the server finds about itself, and
// RuleDisk the name of the rule.
const (
	Kind     = "server"
	RuleDisk = "hms.disk"
)

const (
	interval = 5 * time.Second
	text     = "critical: less of the disk is free than log.min_free, and events are refused\nwarning: less than twice that is free"
)

// Space is how much of the disk is free, and how much must stay so for events
// to be taken, in bytes.
type Space struct{ Free, Least int64 }

// Disk is the rule, a group by itself. It implements rules.Group.
type Disk struct {
	space func() (Space, error)
	state alert.State // as last found

	mu     sync.Mutex
	status rules.Status
}

// NewDisk watches the disk that space tells of.
func NewDisk(space func() (Space, error)) *Disk {
	return &Disk{space: space, state: alert.OK, status: rules.Status{Rule: RuleDisk, Kind: Kind, Text: text, State: "inactive"}}
}

// Name implements rules.Group.
func (d *Disk) Name() string { return "hms-monitor" }

// Reads implements rules.Group: no event.
func (d *Disk) Reads() []string { return []string{} }

// Interval implements rules.Group.
func (d *Disk) Interval() time.Duration { return interval }

// Rules implements rules.Group.
func (d *Disk) Rules() []rules.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	return []rules.Status{d.status}
}

// Evaluate implements rules.Group.
func (d *Disk) Evaluate(_ context.Context, at int64) ([]alert.Transition, error) {
	s, err := d.space()
	if err != nil {
		return nil, err
	}
	d.state = s.judge(d.state)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status.At = at
	if d.state == alert.OK {
		d.status.State, d.status.Firing = "inactive", 0
		return nil, nil
	}
	d.status.State, d.status.Firing = "firing", 1
	return []alert.Transition{s.transition(d.state, at)}, nil
}

// judge holds a state until a quarter more is free than takes to get into it:
// what the server itself writes and tidies away shall not have it flap.
func (s Space) judge(was alert.State) alert.State {
	critical, warning := s.Least, 2*s.Least
	if was == alert.Critical {
		critical += s.Least / 4
	}
	if was != alert.OK {
		warning += s.Least / 4
	}
	switch {
	case s.Free < critical:
		return alert.Critical
	case s.Free < warning:
		return alert.Warning
	}
	return alert.OK
}

func (s Space) transition(state alert.State, at int64) alert.Transition {
	t := alert.Transition{
		Kind: Kind, Rule: RuleDisk, State: state, Value: float64(s.Free), Timestamp: at, At: at, Since: at,
		Condition: fmt.Sprintf("%s of the disk free, below %s", mib(s.Free), mib(2*s.Least)),
	}
	summary := "The disk of hms-monitor is nearly full: " + t.Condition
	description := fmt.Sprintf("Below %s events are refused. Free some space, add disk, or keep less history (store.retention).", mib(s.Least))
	if state == alert.Critical {
		t.Condition = fmt.Sprintf("%s of the disk free, and %s must stay so", mib(s.Free), mib(s.Least))
		summary = "hms-monitor takes no more events, its disk is full: " + t.Condition
		description = "Senders are answered 503 and have to send again. Free some space, or add disk: the server goes on by itself."
	}
	t.Annotations = []event.Tag{{Key: "description", Value: description}, {Key: "summary", Value: summary}}
	return t
}

func mib(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }
