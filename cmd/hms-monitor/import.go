package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // a map's time_zone must work where the system has no zone files

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/importer"
)

// Server is where the commands that post find their server.
type Server struct {
	URL   string `name:"url" default:"http://127.0.0.1:8080" env:"HMS_URL" help:"The server's address."`
	Token string `env:"HMS_TOKEN" placeholder:"TOKEN" help:"Bearer token with the role ingest, where the server asks for one."`
}

func (s *Server) client() *client.Client { return &client.Client{URL: s.URL, Token: s.Token} }

// Embedded starts the application within this process on a data directory, and
// tells where it listens and how to stop it.
type Embedded func(ctx context.Context, dataDir string) (url string, stop func() error, err error)

// ImportCmd is `hms-monitor import`.
type ImportCmd struct {
	Server
	Map          string   `required:"" type:"existingfile" placeholder:"MAP.yaml" help:"Says which column gives what; see docs/import.md and examples/."`
	DataDir      string   `type:"path" placeholder:"DIR" help:"Import straight into a data directory that no server has open, instead of posting to --url."`
	Replay       float64  `placeholder:"SPEED" help:"Post the events against the clock, SPEED times faster than they happened."`
	ShiftToNow   bool     `help:"With --replay: give the events the time of posting instead of their own."`
	State        string   `type:"path" placeholder:"DIR" help:"Where to remember how far each file has come (default: hms-monitor/imports in the user's cache directory)."`
	Again        bool     `help:"Send everything, also what was acknowledged before."`
	Rejects      string   `type:"path" placeholder:"FILE" help:"Write every refused row to this CSV file."`
	AllowRejects bool     `help:"Exit with success although rows were refused."`
	HashKey      string   `env:"HMS_HASH_KEY" placeholder:"KEY" help:"Secret for tags with hash: true, so that nobody can guess the names behind them."`
	Files        []string `arg:"" name:"file" type:"existingfile" help:"CSV, NDJSON or XES files, plain, .gz or .zip."`

	Embedded Embedded `kong:"-"`
}

// Validate is called by the command line parser.
func (c *ImportCmd) Validate() error {
	switch {
	case c.Replay < 0:
		return errors.New("--replay must be a positive speed, such as 60")
	case c.ShiftToNow && c.Replay == 0:
		return errors.New("--shift-to-now needs --replay; --replay 1 keeps the pace of the events")
	}
	return nil
}

// Run imports the files and prints the report.
func (c *ImportCmd) Run(ctx context.Context) (err error) {
	text, err := os.ReadFile(c.Map)
	if err != nil {
		return err
	}
	rules, err := importer.LoadMap(c.Map, text)
	if err != nil {
		return err
	}
	progress := importer.NewProgress(os.Stderr, importer.IsTerminal(os.Stderr), time.Now)
	target := c.URL
	to := c.client()
	if c.DataDir != "" {
		url, stop, err := c.embed(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
		to.URL, to.Token, target = url, "", "dir:"+c.DataDir
	}
	to.Retrying = progress.Retrying
	report, err := importer.Run(ctx, importer.Options{
		Map: rules, Files: c.Files, Client: to, Target: target,
		StateDir: c.stateDir(), Again: c.Again,
		Replay: c.Replay, ShiftToNow: c.ShiftToNow,
		HashKey: c.HashKey, Rejects: c.Rejects, Progress: progress,
	})
	report.Print(os.Stdout)
	if err == nil && report.Refused > 0 && !c.AllowRejects {
		return fmt.Errorf("%d events were refused; correct them and import again, or accept that with --allow-rejects", report.Refused)
	}
	if err != nil && ctx.Err() != nil {
		// Ending the server with Ctrl-C is a success, half an import is none.
		return errors.New(err.Error())
	}
	return err
}

func (c *ImportCmd) embed(ctx context.Context) (string, func() error, error) {
	if c.Embedded == nil {
		return "", nil, errors.New("this program was built without a server of its own; use --url")
	}
	// The server must outlive an interrupted import, to take its leave in order.
	return c.Embedded(context.WithoutCancel(ctx), c.DataDir)
}

func (c *ImportCmd) stateDir() string {
	if c.State != "" {
		return c.State
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		// No home: beside the map, where whoever imports is likely to look.
		return c.Map + ".state"
	}
	return filepath.Join(cache, "hms-monitor", "imports")
}
