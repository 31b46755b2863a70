package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/hms-ops/hms-monitor/internal/app"
	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/ui"
)

// ConfigFile is the file that several commands read.
type ConfigFile struct {
	Config string `type:"path" env:"HMS_CONFIG" placeholder:"FILE" help:"Configuration file (YAML). Without one, everything has its default."`
}

// ServeCmd is `hms-monitor serve`.
type ServeCmd struct {
	ConfigFile
	Listen   string `env:"HMS_LISTEN" placeholder:"HOST:PORT" help:"Address to serve (default 127.0.0.1:8080)."`
	DataDir  string `env:"HMS_DATA_DIR" type:"path" placeholder:"DIR" help:"Where events are kept (default ./data)."`
	Insecure bool   `help:"Serve other machines without access tokens: anybody there may read and write."`
	LogLevel string `enum:"debug,info,warn,error" default:"info" env:"HMS_LOG_LEVEL" help:"debug, info, warn or error."`
	LogJSON  bool   `name:"log-json" env:"HMS_LOG_JSON" help:"Write the log as JSON lines."`
	Debug    string `name:"debug-listen" placeholder:"HOST:PORT" help:"Serve Go profiles on this loopback address."`
}

func (c *ServeCmd) load() (config.Config, error) {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return cfg, err
	}
	if c.Listen != "" {
		cfg.Listen = c.Listen
	}
	if c.DataDir != "" {
		cfg.DataDir = c.DataDir
	}
	return cfg, nil
}

func (c *ServeCmd) logger() *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}

// Run serves until it is told to end. SIGHUP reads the configuration again.
func (c *ServeCmd) Run(ctx context.Context) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	log := c.logger()
	if err := c.debug(log); err != nil {
		return err
	}
	dashboard, built := ui.Handler()
	if !built {
		log.Warn("this binary was built without the dashboard: `make build` builds it in")
	}
	begun := time.Now()
	a, err := app.Open(ctx, app.Options{Config: cfg, Insecure: c.Insecure, Version: version, Logger: log, UI: dashboard})
	if err != nil {
		return err
	}
	log.Info("serving", "url", a.URL(), "data_dir", cfg.DataDir, "version", version, "ready_after", time.Since(begun).Round(time.Millisecond))
	reloads := make(chan os.Signal, 1)
	signal.Notify(reloads, syscall.SIGHUP)
	defer signal.Stop(reloads)
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-reloads:
				c.reload(a, log)
			case <-done:
				return
			}
		}
	}()
	if err := a.Run(ctx); err != nil {
		return err
	}
	log.Info("stopped; everything acknowledged is stored")
	return nil
}

func (c *ServeCmd) reload(a *app.App, log *slog.Logger) {
	cfg, err := c.load()
	if err != nil {
		log.Error("the configuration was not reloaded, the one before stays in force", "error", err)
		return
	}
	waiting, err := a.Reload(cfg)
	if err != nil {
		log.Error("the configuration was not reloaded, the one before stays in force", "error", err)
		return
	}
	log.Info("the configuration was reloaded", "after_a_restart", waiting)
}

func (c *ServeCmd) debug(log *slog.Logger) error {
	if c.Debug == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(c.Debug)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--debug-listen %s: profiles are served on a loopback address only, such as 127.0.0.1:6060", c.Debug)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	l, err := net.Listen("tcp", c.Debug)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("profiles are no longer served", "error", err)
		}
	}()
	return nil
}

// CheckCmd is `hms-monitor check`.
type CheckCmd struct{ ConfigFile }

// Run prints what is wrong with the file; the exit code tells whether anything is.
func (c *CheckCmd) Run() error {
	if _, err := config.Load(c.Config); err != nil {
		return err
	}
	if c.Config == "" {
		fmt.Println("no --config given: the defaults are in force, and they are valid")
	} else {
		fmt.Println(filepath.Base(c.Config), "is valid")
	}
	return nil
}

// embedded serves a data directory on a loopback port of the kernel's choice.
func embedded(ctx context.Context, dataDir string) (url string, stop func() error, err error) {
	cfg := config.Default()
	cfg.Listen, cfg.DataDir = "127.0.0.1:0", dataDir
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	a, err := app.Open(ctx, app.Options{Config: cfg, Version: version, Logger: log, UI: http.NotFoundHandler()})
	if err != nil {
		return "", nil, err
	}
	ctx, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	return a.URL(), func() error { end(); return <-ended }, nil
}
