package ingest

import (
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Config is the `ingest` section of the configuration.
type Config struct {
	// MaxBody bounds a request's body, after decompression too.
	MaxBody units.Bytes `yaml:"max_body"`
	// MaxEvents bounds the events of one request.
	MaxEvents int `yaml:"max_events"`
	// MaxTags bounds the tags of one event, MaxTagKeys the distinct keys of all.
	MaxTags    int `yaml:"max_tags"`
	MaxTagKeys int `yaml:"max_tag_keys"`
	// MaxKey and MaxValue bound a tag's key and value, in bytes.
	MaxKey   units.Bytes `yaml:"max_key"`
	MaxValue units.Bytes `yaml:"max_value"`
	// MaxFuture is how far ahead of the server's clock a timestamp may be.
	MaxFuture units.Duration `yaml:"max_future"`
	// MaxInFlight bounds the bytes of all requests being worked on.
	MaxInFlight units.Bytes `yaml:"max_in_flight"`
	// DedupeWindow and DedupeIDs say how long ids and idempotency keys are
	// remembered, and how many; whichever ends first.
	DedupeWindow units.Duration `yaml:"dedupe_window"`
	DedupeIDs    int            `yaml:"dedupe_ids"`
}

// maxName bounds metricName, id and source, in bytes.
const maxName = 255

// DefaultConfig is what holds where the configuration is silent.
func DefaultConfig() Config {
	return Config{
		MaxBody: 16 << 20, MaxEvents: 100_000,
		MaxTags: 64, MaxTagKeys: 200, MaxKey: 128, MaxValue: 1024,
		MaxFuture:    units.Duration(10 * time.Minute),
		MaxInFlight:  256 << 20,
		DedupeWindow: units.Duration(24 * time.Hour), DedupeIDs: 20_000_000,
	}
}

// Validate lists every fault.
func (c Config) Validate() (faults fault.List) {
	between := func(key string, v, low, high int64) {
		if v < low || v > high {
			faults.Add(fmt.Sprintf("is %d, must be between %d and %d", v, low, high), key)
		}
	}
	between("max_body", int64(c.MaxBody), 1<<10, 1<<30)
	between("max_events", int64(c.MaxEvents), 1, event.MaxRows)
	between("max_tags", int64(c.MaxTags), 1, event.MaxTagKeys)
	between("max_tag_keys", int64(c.MaxTagKeys), 1, event.MaxTagKeys)
	between("max_key", int64(c.MaxKey), 1, 1<<10)
	between("max_value", int64(c.MaxValue), 1, 1<<16)
	between("dedupe_ids", int64(c.DedupeIDs), 0, 1_000_000_000)
	if c.MaxInFlight < c.MaxBody {
		faults.Add(fmt.Sprintf("is %v, less than max_body %v: no large request could ever pass", c.MaxInFlight, c.MaxBody), "max_in_flight")
	}
	if c.MaxFuture < 0 {
		faults.Add("is negative", "max_future")
	}
	if c.DedupeWindow < 0 {
		faults.Add("is negative", "dedupe_window")
	}
	return faults
}
