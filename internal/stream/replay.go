package stream

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/store"
)

const (
	replayBytes  = 64 << 10 // handed to write at a time
	replayAlerts = 1000     // held in memory at a time
)

// CatchUp brings a subscriber that is not live there: it hands write, in
// order, the frames between its position and the ring. Each round replays up
// to what is published when it starts; rounds get shorter, and the last one
// ends inside the ring. write must not keep the bytes.
func (s *Subscriber) CatchUp(ctx context.Context, h History, write func([]byte) error) error {
	for !s.live {
		r := replay{history: h, filter: s.group.filter, write: write, delivered: s.hub.delivered.Add}
		to := s.hub.Last()
		if err := r.run(ctx, s.position, to); err != nil {
			return err
		}
		s.position = to
		s.hub.mu.RLock()
		s.join()
		s.hub.mu.RUnlock()
	}
	return nil
}

// replay writes what history holds between two positions.
type replay struct {
	history   History
	filter    *Filter
	write     func([]byte) error
	delivered func(uint64) uint64
	buf       []byte
	count     uint64
}

func (r *replay) run(ctx context.Context, after, to alert.Position) error {
	for after.Before(to) {
		alerts, until, err := r.alerts(ctx, after, to)
		if err != nil {
			return err
		}
		if err := r.merge(ctx, after, until, alerts); err != nil {
			return err
		}
		after = until
	}
	return r.flush()
}

var errEnough = errors.New("enough read")

// alerts reads the next alerts that the filter selects, and up to where these
// are all there are.
func (r *replay) alerts(ctx context.Context, after, to alert.Position) (found []alert.Transition, until alert.Position, err error) {
	until = to
	if r.filter.kinds&Alerts == 0 {
		return nil, until, nil
	}
	err = r.history.AlertsAfter(ctx, after, func(t alert.Transition) error {
		if to.Before(t.Position) {
			return errEnough
		}
		if !r.filter.matchAlert(&t) {
			return nil
		}
		if found = append(found, t); len(found) == replayAlerts {
			until = t.Position
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, until, fmt.Errorf("reading back alerts: %w", err)
	}
	return found, until, nil
}

// merge writes points and alerts between two positions, each alert behind the
// point that it belongs to.
func (r *replay) merge(ctx context.Context, after, until alert.Position, alerts []alert.Transition) error {
	if r.filter.kinds&Points != 0 && after.Seq < until.Seq {
		err := r.history.Replay(ctx, r.filter.stored(), after.Seq, until.Seq, func(n store.Numbered) error {
			e := newEncoder(n.Block, len(n.Seqs))
			for row := 0; row < len(n.Seqs); {
				for len(alerts) > 0 && alerts[0].Position.Seq < n.Seqs[row] {
					if err := r.alert(&alerts[0]); err != nil {
						return err
					}
					alerts = alerts[1:]
				}
				end := len(n.Seqs)
				if len(alerts) > 0 {
					end = sort.Search(end, func(i int) bool { return n.Seqs[i] > alerts[0].Position.Seq })
				}
				for ; row < end; row++ {
					r.buf = e.appendPoint(r.buf, n.Seqs[row], row)
					if err := r.added(); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("reading back events: %w", err)
		}
	}
	for i := range alerts {
		if err := r.alert(&alerts[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *replay) alert(t *alert.Transition) error {
	r.buf = appendAlert(r.buf, t)
	return r.added()
}

func (r *replay) added() error {
	r.count++
	if len(r.buf) < replayBytes {
		return nil
	}
	return r.flush()
}

func (r *replay) flush() error {
	if len(r.buf) == 0 {
		return nil
	}
	err := r.write(r.buf)
	r.delivered(r.count)
	r.buf, r.count = r.buf[:0], 0
	return err
}
