//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/test/bench/proc"
)

// subject is the server measured, or a floor.
type subject struct {
	*proc.Process
	dir   string
	floor bool
}

func (s *subject) get(ctx context.Context, path string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr+path, nil)
	if err != nil {
		return 0, nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// ready waits for /readyz.
func (s *subject) ready(ctx context.Context) error {
	var last string
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		status, body, err := s.get(ctx, "/readyz")
		if status == http.StatusOK {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		last = fmt.Sprintf("%d %.200s %v", status, body, err)
	}
	return fmt.Errorf("not ready: %s", last)
}

// errBehind: a read did not wait any longer for what is acknowledged.
var errBehind = errors.New("the server has not applied everything yet")

// stored counts the events that queries see.
func (s *subject) stored(ctx context.Context) (uint64, error) {
	status, body, err := s.get(ctx, "/api/metrics")
	if status == http.StatusServiceUnavailable {
		return 0, errBehind
	}
	if err != nil || status != http.StatusOK {
		return 0, fmt.Errorf("GET /api/metrics: %d %.200s %w", status, body, err)
	}
	var answer struct {
		Metrics []struct {
			Count uint64 `json:"count"`
		} `json:"metrics"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return 0, fmt.Errorf("GET /api/metrics: %w", err)
	}
	var n uint64
	for _, m := range answer.Metrics {
		n += m.Count
	}
	return n, nil
}

// caughtUp waits until queries see so many events.
func (s *subject) caughtUp(ctx context.Context, events uint64) error {
	if s.floor {
		return nil
	}
	var n uint64
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var err error
		if n, err = s.stored(ctx); errors.Is(err, errBehind) {
			continue
		} else if err != nil {
			return err
		}
		if n == events {
			return nil
		}
		if n > events {
			return fmt.Errorf("%d events stored, of %d acknowledged: duplicates", n, events)
		}
	}
	return fmt.Errorf("%d events stored, of %d acknowledged", n, events)
}

// quiet waits until background work has ended, so that it burdens neither the
// next measurement nor a floor's.
func (s *subject) quiet(ctx context.Context) error {
	before, err := s.CPU()
	if err != nil {
		return err
	}
	for calm, tries := 0, 0; calm < 2 && tries < 60; tries++ {
		select {
		case <-time.After(300 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		now, err := s.CPU()
		if err != nil {
			return err
		}
		if calm++; now-before > 20*time.Millisecond {
			calm = 0
		}
		before = now
	}
	return nil
}

// sizes gives the bytes on disk of the data directory: of the log, and of the rest.
func (s *subject) sizes() (log, store uint64, err error) {
	err = filepath.WalkDir(s.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		inner, _ := filepath.Rel(s.dir, path)
		if first, _, _ := strings.Cut(inner, string(os.PathSeparator)); strings.Contains(first, "log") {
			log += uint64(info.Size())
		} else {
			store += uint64(info.Size())
		}
		return nil
	})
	return log, store, err
}
