// Command hms-monitor is the live control room of an agency's operations:
// server, client and tools in one binary.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/sandbox"
)

// version is set by the build.
var version = "dev"

// commands is the whole command line.
type commands struct {
	Serve  ServeCmd  `cmd:"" help:"Serve the API and the dashboard."`
	Check  CheckCmd  `cmd:"" help:"Check a configuration file and print every fault in it."`
	Track  TrackCmd  `cmd:"" help:"Post one metric."`
	Import ImportCmd `cmd:"" help:"Import history from CSV, NDJSON or XES files."`
	Demo   DemoCmd   `cmd:"" help:"Simulate an Office of Case Management against a running server."`
	KPI    KPICmd    `cmd:"" name:"kpi" help:"Ask a running server for KPIs; run behaviour tests of definitions."`
	Alert  AlertCmd  `cmd:"" help:"List alerts, judge one once more, run a rule over the past."`
	Test   TestCmd   `cmd:"" help:"Run tests of rule files."`
	Token  TokenCmd  `cmd:"" help:"Make access tokens."`

	Version kong.VersionFlag `help:"Print the version and end."`
}

func main() {
	if sandbox.Asked() { // a server started this process for one query
		os.Exit(sandbox.Work(os.Stdin, os.Stdout))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c commands
	c.Import.Embedded = embedded
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("hms-monitor"),
		kong.Description("The live control room of an agency's operations."),
		kong.UsageOnError(), kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.Vars{"version": version},
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(stderr, "hms-monitor:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help and --version end here
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "hms-monitor: %v (hms-monitor --help lists the commands)\n", err)
		return 2
	}
	if err := parsed.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "hms-monitor:", err)
		return 1
	}
	return 0
}
