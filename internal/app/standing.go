package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// standingFor is how long ago an alert may have ended for its end to be told
// after a restart, if it was not told before.
const standingFor = 24 * time.Hour

// standing is how series stood when the program started: what the store has,
// and what was in the log beyond it. The changes that follow are told one by
// one, those that come before the notifier has started as well.
type standing struct {
	opened int64 // when, in ms

	mu     sync.Mutex
	series map[string]alert.Transition // nil once the notifier has them
}

// openStanding must come before the pipeline applies anything.
func (a *App) openStanding(ctx context.Context) error {
	now := a.options.Now()
	latest, err := a.store.LatestAlerts(ctx, event.Millis(now.Add(-standingFor)))
	if err != nil {
		return fmt.Errorf("alerts that stand: %w", err)
	}
	s := &a.standing
	s.opened, s.series = event.Millis(now), make(map[string]alert.Transition, len(latest))
	for _, t := range latest {
		s.series[t.SeriesKey()] = t
	}
	return nil
}

// keep takes a transition that was found before the program started, so that
// of such ones only the newest of a series counts: those before may have been
// told.
func (s *standing) keep(t alert.Transition) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.series == nil || t.At >= s.opened {
		return false
	}
	s.series[t.SeriesKey()] = t
	return true
}

// take gives how all series stood.
func (s *standing) take() []alert.Transition {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.SortedFunc(maps.Values(s.series), func(x, y alert.Transition) int {
		if x.Position.Before(y.Position) {
			return -1
		}
		return 1
	})
	s.series = nil
	return all
}
