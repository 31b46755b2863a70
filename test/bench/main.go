//go:build linux

// Command bench measures a built hms-monitor as a process of its own, beside
// the least that a Go server can do with the same requests (the floors), and
// prints one table. `make bench` builds and runs it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/hms-ops/hms-monitor/test/bench/floor"
)

type options struct {
	binary string
	dir    string
	rows   map[string]bool
	length time.Duration
	warmup time.Duration
	load   uint64
	json   bool
	keep   bool
}

func main() {
	// The children die with the thread that started them.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 3 && args[0] == "floor" { // how it starts itself
		return floor.Serve(ctx, floor.Kind(args[1]), args[2], out)
	}
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := newBench(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	err = b.run()
	if o.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return errors.Join(err, encoder.Encode(b.report))
	}
	return errors.Join(err, b.report.markdown(out))
}

func parse(args []string) (options, error) {
	var o options
	var rows string
	var quick bool
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/hms-monitor", "the server to measure")
	flags.StringVar(&o.dir, "dir", "", "where data directories are made (default: the system's directory for temporary files)")
	flags.StringVar(&rows, "rows", "", "measure only these, separated by commas: "+strings.Join(sectionNames(), ", "))
	flags.DurationVar(&o.length, "length", 12*time.Second, "how long a row is measured")
	flags.Uint64Var(&o.load, "load", 10_000_000, "events stored before the restarts")
	flags.BoolVar(&quick, "quick", false, "2 s a row, a million events before the restarts")
	flags.BoolVar(&o.json, "json", false, "print JSON instead of a table")
	flags.BoolVar(&o.keep, "keep", false, "keep the data directories and the servers' logs")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if quick {
		o.length, o.load = 2*time.Second, 1_000_000
	}
	o.warmup = max(o.length/6, 500*time.Millisecond)
	o.rows = map[string]bool{}
	for _, name := range sectionNames() {
		o.rows[name] = rows == ""
	}
	for name := range strings.SplitSeq(rows, ",") {
		if _, known := o.rows[name]; !known && name != "" {
			return o, fmt.Errorf("no row %q; there are %s", name, strings.Join(sectionNames(), ", "))
		} else if known {
			o.rows[name] = true
		}
	}
	return o, nil
}
