package outbox

import (
	"fmt"
	"strconv"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// Config is what the `alerting` section says of delivery. Its parts stand in
// that section itself: `delivery`, `fallbacks`, `escalations`.
type Config struct {
	Delivery    Limits       `yaml:"delivery"`
	Fallbacks   []Fallback   `yaml:"fallbacks"`
	Escalations []Escalation `yaml:"escalations"`
}

// Limits bound how long is tried and what is remembered. Zeros stand for
// the defaults.
type Limits struct {
	// GiveUp is how long a message is tried before it is a dead letter.
	GiveUp time.Duration `yaml:"give_up"`
	// Timeout bounds one attempt.
	Timeout time.Duration `yaml:"timeout"`
	// Retention is how long the proof of a delivery is kept, MaxMessages how
	// many of them at most.
	Retention   time.Duration `yaml:"retention"`
	MaxMessages int           `yaml:"max_messages"`
}

// Fallback sends what a receiver could not get to another.
type Fallback struct {
	Receiver string `yaml:"receiver"`
	To       string `yaml:"to"`
	// After is how long all integrations must have failed; a message that all
	// of them refused goes at once. Default 5m for critical alerts, 30m for others.
	After time.Duration `yaml:"after"`
}

// Escalation sends what nobody acknowledged to another receiver.
type Escalation struct {
	Receiver string        `yaml:"receiver"`
	After    time.Duration `yaml:"after"`
	To       string        `yaml:"to"`
}

// The defaults of Limits and Fallback.
const (
	DefaultGiveUp        = 24 * time.Hour
	DefaultTimeout       = 30 * time.Second
	DefaultRetention     = 90 * 24 * time.Hour
	DefaultMaxMessages   = 20_000
	DefaultFallbackAfter = 5 * time.Minute
	// LaxFallbackAfter is the default for alerts that are not critical.
	LaxFallbackAfter = 30 * time.Minute
)

// Validate reports every fault; receivers names those of the Alertmanager's
// configuration, nil where they are not known.
func (c Config) Validate(receivers []string) fault.List {
	faults := c.Delivery.validate().Under("delivery")
	known := map[string]bool{}
	for _, name := range receivers {
		known[name] = true
	}
	fallbacks, escalations := map[string]string{}, map[string]string{}
	for i, f := range c.Fallbacks {
		at := func(key string) []string { return []string{"fallbacks", strconv.Itoa(i), key} }
		checkStep(&faults, at, f.Receiver, f.To, known, fallbacks)
		if f.After < 0 || f.After > 0 && f.After < time.Second {
			faults.Add(fmt.Sprintf("%s is no time to wait: write at least 1s, as in 5m", f.After), at("after")...)
		}
	}
	for i, e := range c.Escalations {
		at := func(key string) []string { return []string{"escalations", strconv.Itoa(i), key} }
		checkStep(&faults, at, e.Receiver, e.To, known, escalations)
		if e.After < time.Second {
			faults.Add("say how long an acknowledgement is waited for, at least 1s, as in 10m", at("after")...)
		}
	}
	return faults
}

func (d Limits) validate() (faults fault.List) {
	bounds := []struct {
		key         string
		value       time.Duration
		least, most time.Duration
	}{
		{"give_up", d.GiveUp, time.Minute, 30 * 24 * time.Hour},
		{"timeout", d.Timeout, time.Second, 10 * time.Minute},
		{"retention", d.Retention, time.Hour, 10 * 366 * 24 * time.Hour},
	}
	for _, b := range bounds {
		if b.value != 0 && (b.value < b.least || b.value > b.most) {
			faults.Add(fmt.Sprintf("is %s, must be between %s and %s", b.value, b.least, b.most), b.key)
		}
	}
	if d.MaxMessages != 0 && (d.MaxMessages < 100 || d.MaxMessages > 1_000_000) {
		faults.Add(fmt.Sprintf("is %d, must be between 100 and 1000000", d.MaxMessages), "max_messages")
	}
	return faults
}

// checkStep checks one step from a receiver to the next, with those before it.
func checkStep(faults *fault.List, at func(string) []string, from, to string, known map[string]bool, steps map[string]string) {
	for _, name := range []struct{ key, value string }{{"receiver", from}, {"to", to}} {
		switch {
		case name.value == "":
			faults.Add("name a receiver", at(name.key)...)
		case len(known) > 0 && !known[name.value]:
			faults.Add(fmt.Sprintf("there is no receiver %q in the Alertmanager's configuration", name.value), at(name.key)...)
		}
	}
	if from == "" || to == "" {
		return
	}
	if _, twice := steps[from]; twice {
		faults.Add(fmt.Sprintf("%q has a step already; each receiver has one", from), at("receiver")...)
		return
	}
	for next, on := to, true; on; next, on = steps[next] {
		if next == from {
			faults.Add("leads back to where it began: a chain of receivers must end", at("to")...)
			return
		}
	}
	steps[from] = to
}

// complete fills in the defaults.
func (d Limits) complete() Limits {
	if d.GiveUp == 0 {
		d.GiveUp = DefaultGiveUp
	}
	if d.Timeout == 0 {
		d.Timeout = DefaultTimeout
	}
	if d.Retention == 0 {
		d.Retention = DefaultRetention
	}
	if d.MaxMessages == 0 {
		d.MaxMessages = DefaultMaxMessages
	}
	return d
}
