// Package config reads the one YAML file. It composes the sections that other
// packages own, finds every fault at once, and names each by file, line and key.
// Only the app and the commands use it.
package config

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/boards"
	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/ingest"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/reports/schedule"
	"github.com/hms-ops/hms-monitor/internal/strict"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Config is the whole configuration.
type Config struct {
	Listen  string `yaml:"listen"`
	DataDir string `yaml:"data_dir"`
	// TimeZone and Language are the agency's, for reports and for whoever wants
	// to read the dashboard by them.
	TimeZone   string           `yaml:"time_zone"`
	Language   string           `yaml:"language"`
	Log        Log              `yaml:"log"`
	Store      Store            `yaml:"store"`
	Ingest     ingest.Config    `yaml:"ingest"`
	Stream     Stream           `yaml:"stream"`
	Auth       auth.Config      `yaml:"auth"`
	Thresholds alert.Thresholds `yaml:"thresholds"`
	// Events are names of events beyond the vocabulary, so that definitions may
	// refer to them.
	Events    []string           `yaml:"events"`
	Calendars calendar.Config    `yaml:"calendars"`
	KPIs      define.Definitions `yaml:"kpis"`
	// DefaultKPIs keeps the definitions that need no configuration.
	DefaultKPIs bool `yaml:"default_kpis"`
	// Boards are patterns of the names of files with dashboards.
	Boards []string `yaml:"boards"`
	// Alerting says which rules there are, and who is told.
	Alerting Alerting `yaml:"alerting"`
	// Reports are sent by themselves.
	Reports schedule.Config `yaml:"reports"`

	// dir is where the file is: relative paths in it start there.
	dir string
	// boards are what was read from the files of Boards.
	boards []boards.File
}

// Log says where the event log is.
type Log struct {
	// URL of a NATS server with JetStream; empty for the one inside the process.
	URL string `yaml:"url"`
	// Stream is the JetStream stream's name.
	Stream string `yaml:"stream"`
	// Keep is how long the log keeps what the store has taken.
	Keep units.Duration `yaml:"keep"`
	// MinFree is the disk space below which appends are refused; 0 lets the
	// server choose by the size of the disk.
	MinFree units.Bytes `yaml:"min_free"`
}

// Store says how events are kept.
type Store struct {
	Engine string `yaml:"engine"`
	// Retention is how long events are kept, by their own time; 0 for ever.
	Retention units.Duration `yaml:"retention"`
	// MemoryLimit bounds the database's buffers.
	MemoryLimit units.Bytes `yaml:"memory_limit"`
}

// Stream bounds the live stream.
type Stream struct {
	// Buffer is how much of the latest stream is kept in memory for readers
	// that are a little behind.
	Buffer units.Bytes `yaml:"buffer"`
	// Heartbeat is how often an idle connection is sent a comment.
	Heartbeat units.Duration `yaml:"heartbeat"`
}

// Default is the configuration without a file.
func Default() Config {
	return Config{
		dir:    ".",
		Listen: "127.0.0.1:8080", DataDir: "./data",
		Log:    Log{Stream: "HMS_EVENTS", Keep: units.Duration(time.Hour)},
		Store:  Store{Engine: "duckdb", MemoryLimit: 1 << 30},
		Stream: Stream{Buffer: 32 << 20, Heartbeat: units.Duration(15 * time.Second)},
		Ingest: ingest.DefaultConfig(),
		// What the example in the documentation watches, so that a first low
		// value shows a first alert with no configuration at all.
		DefaultKPIs: true,
		Alerting:    defaultAlerting(),
		Thresholds:  alert.Thresholds{"case.resolved.rate": {Warning: alert.LimitOf("5"), Critical: alert.LimitOf("2")}},
	}
}

// Load reads a file over the defaults. An empty path gives the defaults.
func Load(path string) (Config, error) {
	c := Default()
	if path == "" {
		return c, nil
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return c, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	return Parse(path, text)
}

// Parse reads the text of a configuration file; name stands in its errors.
func Parse(name string, text []byte) (Config, error) {
	c := Default()
	c.dir = filepath.Dir(name)
	d := strict.Decode(name, text, &c)
	if len(d.Faults()) == 0 {
		d.Place(c.Validate())
	}
	files, errs, faults := boards.Read(c.dir, c.Boards)
	c.boards = files
	d.Place(faults.Under("boards"))
	return c, errors.Join(append(errs, d.Err())...)
}

// BoardFiles are the boards that the configuration names.
func (c Config) BoardFiles() []boards.File { return c.boards }

// Validate lists every fault of every section.
func (c Config) Validate() (faults fault.List) {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		faults.Add(fmt.Sprintf("%q is no address: write it as 127.0.0.1:8080", c.Listen), "listen")
	}
	if c.DataDir == "" {
		faults.Add("is empty: name a directory", "data_dir")
	}
	if c.Store.Engine != "duckdb" {
		faults.Add(fmt.Sprintf("%q is not known: the store is duckdb", c.Store.Engine), "store", "engine")
	}
	if r := time.Duration(c.Store.Retention); r != 0 && r < time.Duration(c.Ingest.DedupeWindow) {
		faults.Add(fmt.Sprintf("is %v, shorter than ingest.dedupe_window (%v): ids of deleted events could not be told again", c.Store.Retention, c.Ingest.DedupeWindow), "store", "retention")
	}
	if c.Store.MemoryLimit < 64<<20 {
		faults.Add(fmt.Sprintf("is %v, the database needs at least 64MiB", c.Store.MemoryLimit), "store", "memory_limit")
	}
	if c.Log.Keep < 0 {
		faults.Add("is negative", "log", "keep")
	}
	if c.Stream.Buffer < 1<<20 || c.Stream.Buffer > 4<<30 {
		faults.Add(fmt.Sprintf("is %v, must be between 1MiB and 4GiB", c.Stream.Buffer), "stream", "buffer")
	}
	if h := time.Duration(c.Stream.Heartbeat); h < time.Second || h > 5*time.Minute {
		faults.Add(fmt.Sprintf("is %v, must be between 1s and 5m", c.Stream.Heartbeat), "stream", "heartbeat")
	}
	faults = append(faults, c.validateAgency()...)
	faults = append(faults, c.Ingest.Validate().Under("ingest")...)
	faults = append(faults, c.Auth.Validate().Under("auth")...)
	faults = append(faults, c.Thresholds.Validate().Under("thresholds")...)
	if wrong := c.validateKPIs(); len(wrong) > 0 {
		return append(faults, wrong...) // what refers to them would only repeat it
	}
	routing, wrong := c.validateAlerting()
	faults = append(faults, wrong.Under("alerting")...)
	return append(faults, c.validateReports(routing).Under("reports")...)
}
