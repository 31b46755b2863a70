package duckdb

import (
	"fmt"
	"log/slog"
	"runtime"
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/sandbox"
)

// FileName is the database's name within its directory.
const FileName = "events.duckdb"

// Options says where and how a store is kept. Only Dir is required.
type Options struct {
	// Dir is made where it is missing.
	Dir string
	// TagColumns is how many tag keys get a column of their own; the events'
	// further keys share one column of maps, which reads more slowly. Keys that
	// have a column keep it. 0: 200.
	TagColumns int
	// MemoryLimit bounds DuckDB's buffers, in bytes. 0: 1 GiB.
	MemoryLimit int64
	// Threads that one read may use. With more than one, whoever waits for
	// another thread does so busily, which costs each commit up to half again as
	// much; reads run beside each other in any case. 0: one for each four cores.
	Threads int
	// WALLimit is the size in bytes of the write-ahead log above which a commit
	// ends with a checkpoint; replaying it is what a restart takes: about 20 ms
	// of processor time for each MiB. 0: 32 MiB.
	WALLimit int64
	// Queries bounds what the SQL of others may use. Zero: sandbox.DefaultOptions.
	Queries sandbox.Options
	// Logger gets what happens without a caller to tell; nil: nothing is told.
	Logger *slog.Logger
}

func (o Options) withDefaults() (Options, error) {
	var faults fault.List
	if o.Dir == "" {
		faults.Add("names no directory", "dir")
	}
	if o.TagColumns < 0 || o.TagColumns > 1000 {
		faults.Add(fmt.Sprintf("%d is not between 0 and 1000", o.TagColumns), "tag_columns")
	}
	if o.MemoryLimit < 0 || o.MemoryLimit > 0 && o.MemoryLimit < 64<<20 {
		faults.Add(fmt.Sprintf("%d bytes are less than the 64 MiB that DuckDB needs", o.MemoryLimit), "memory_limit")
	}
	if o.Threads < 0 {
		faults.Add(fmt.Sprintf("%d is negative", o.Threads), "threads")
	}
	if o.WALLimit < 0 {
		faults.Add(fmt.Sprintf("%d is negative", o.WALLimit), "wal_limit")
	}
	if err := faults.Err(); err != nil {
		return o, fmt.Errorf("store: %w", err)
	}
	o.TagColumns = orDefault(o.TagColumns, 200)
	o.MemoryLimit = orDefault(o.MemoryLimit, 1<<30)
	o.Threads = orDefault(o.Threads, max(1, runtime.NumCPU()/4))
	o.WALLimit = orDefault(o.WALLimit, 32<<20)
	if o.Queries.AtOnce == 0 {
		o.Queries = sandbox.DefaultOptions()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

func orDefault[T comparable](v, d T) T {
	var zero T
	if v == zero {
		return d
	}
	return v
}

// settings locks DuckDB down to its own file: no other file, no network, no
// extension, and none of that to be allowed again by a statement.
func (o Options) settings() map[string]string {
	return map[string]string{
		"duckdb_api":                   "go",
		"enable_external_access":       "false",
		"allow_community_extensions":   "false",
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"lock_configuration":           "true",
		"memory_limit":                 strconv.FormatInt(o.MemoryLimit, 10) + "B",
		"threads":                      strconv.Itoa(o.Threads),
		"preserve_insertion_order":     "true", // reads by seq rely on it
		"checkpoint_threshold":         "1TB",  // the store says when
		// New files; its text compression is smaller and analysed in one pass.
		"storage_compatibility_version": "v1.5.0",
	}
}
