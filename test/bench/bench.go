//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/test/bench/proc"
)

// bench is one run: sections start servers, measure, and add rows.
type bench struct {
	options
	ctx    context.Context
	dir    string
	self   string
	serial int
	report report
	// singleRate is what the section single found; half of it is the load of
	// the section half.
	singleRate float64
}

type section struct {
	name string
	run  func(*bench) error
}

func sections() []section {
	return []section{
		{"single", (*bench).single},
		{"batch", (*bench).batch},
		{"idle", (*bench).latencyIdle},
		{"half", (*bench).latencyHalf},
		{"fanout", (*bench).fanout},
		{"alert", (*bench).alerts},
		{"alert-peer", (*bench).alertPeer},
		{"subscribers", (*bench).idleSubscribers},
		{"restart", (*bench).restart},
		{"kpi-live", (*bench).kpiLive},
		{"kpi", (*bench).kpi},
		{"open", (*bench).openCases},
	}
}

func sectionNames() []string {
	var names []string
	for _, s := range sections() {
		names = append(names, s.name)
	}
	return names
}

func newBench(ctx context.Context, o options) (*bench, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if o.binary, err = filepath.Abs(o.binary); err != nil {
		return nil, err
	}
	if _, err := os.Stat(o.binary); err != nil {
		return nil, fmt.Errorf("no server to measure: %w; `make build` makes it", err)
	}
	dir, err := os.MkdirTemp(o.dir, "hms-bench-")
	if err != nil {
		return nil, err
	}
	return &bench{options: o, ctx: ctx, dir: dir, self: self, report: report{Machine: describe(dir)}}, nil
}

func (b *bench) close() {
	if b.keep {
		fmt.Fprintln(os.Stderr, "kept", b.dir)
		return
	}
	_ = os.RemoveAll(b.dir) // temporary anyway
}

// run measures every section asked for; one that fails does not keep the rest
// from being measured.
func (b *bench) run() error {
	var failed []error
	for _, s := range sections() {
		if !b.rows[s.name] {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s  %s ...\n", time.Now().Format(time.TimeOnly), s.name)
		if err := s.run(b); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", s.name, err))
			line, _, _ := strings.Cut(err.Error(), "\n")
			b.report.add(row{Section: s.name, Name: s.name + ": not measured", Note: line})
		}
		if b.ctx.Err() != nil {
			return errors.Join(append(failed, b.ctx.Err())...)
		}
	}
	return errors.Join(failed...)
}

// serve starts the server on a data directory; an empty dir means a new one.
func (b *bench) serve(dir string) (*subject, error) {
	if dir == "" {
		dir = b.newDir("data")
	}
	p, err := proc.Start(b.ctx, dir+".log", b.binary, "serve", "--listen", "127.0.0.1:0", "--data-dir", dir)
	if err != nil {
		return nil, err
	}
	s := &subject{Process: p, dir: dir}
	return s, s.ready(b.ctx)
}

// floor starts a yardstick.
func (b *bench) floor(kind string) (*subject, error) {
	dir := b.newDir(kind)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	p, err := proc.Start(b.ctx, dir+".log", b.self, "floor", kind, dir)
	if err != nil {
		return nil, err
	}
	return &subject{Process: p, dir: dir, floor: true}, nil
}

func (b *bench) newDir(name string) string {
	b.serial++
	return filepath.Join(b.dir, fmt.Sprintf("%02d-%s", b.serial, name))
}
