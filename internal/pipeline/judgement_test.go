package pipeline

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/stream"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// memoryLog is a log that a pipeline reads and appends to.
type memoryLog struct {
	mu       sync.Mutex
	messages []Message
	grown    chan struct{}
	down     bool
}

func newMemoryLog() *memoryLog { return &memoryLog{grown: make(chan struct{})} }

func (l *memoryLog) Append(_ context.Context, data []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return errors.New("the log is down")
	}
	l.messages = append(l.messages, Message{Seq: uint64(len(l.messages) + 1), Received: time.Now(), Data: data})
	close(l.grown)
	l.grown = make(chan struct{})
	return nil
}

func (l *memoryLog) setDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
}

func (l *memoryLog) Read(ctx context.Context, from uint64, handle func(Message) error) error {
	for {
		l.mu.Lock()
		rest, grown := slices.Clone(l.messages[from-1:]), l.grown
		l.mu.Unlock()
		for _, m := range rest {
			if err := handle(m); err != nil {
				return err
			}
			from++
		}
		if len(rest) > 0 {
			continue
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l *memoryLog) event(t *testing.T, metric string, v float64) {
	t.Helper()
	if err := l.Append(t.Context(), event.Of(event.Event{Metric: metric, Value: v, Time: time.Now().UnixMilli()}).AppendBinary(nil)); err != nil {
		t.Fatal(err)
	}
}

// judged runs a pipeline over l while f runs, and gives what it stored.
func judged(t *testing.T, l *memoryLog, s *memoryStore, kpis KPIs, f func(*Pipeline)) []alert.Transition {
	t.Helper()
	rules := alert.Thresholds{
		"rate": {Critical: alert.LimitOf("< 2"), For: units.Duration(5 * time.Second)},
		"kpi":  {Warning: alert.LimitOf("> 5")},
	}.Rules()
	p := newPipeline(t, s, func(o *Options) {
		o.Now, o.Read, o.Append, o.KPIs = time.Now, l.Read, l.Append, kpis
		o.Judge = alert.New(rules, slog.New(slog.DiscardHandler))
		o.Publish = func(stream.Batch) {}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	synctest.Wait()
	f(p)
	synctest.Wait()
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return s.alerts()
}

func TestWaitingConditionCountsByTimeAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newMemoryLog(), &memoryStore{}
		got := judged(t, l, s, noKPIs{}, func(*Pipeline) {
			l.event(t, "rate", 1)
			l.setDown(true)
			time.Sleep(time.Minute) // virtual
			if len(s.alerts()) != 0 {
				t.Fatal("told before it was in the log")
			}
			l.setDown(false)
			time.Sleep(5 * time.Second)
		})
		if len(got) != 1 || got[0].Position.String() != "1.1" || got[0].State != alert.Critical {
			t.Fatalf("stored %v", got)
		}
		if len(l.messages) != 2 {
			t.Fatalf("the log has %d messages, want the event and the passing of time", len(l.messages))
		}
		if again := judged(t, l, &memoryStore{}, noKPIs{}, func(*Pipeline) {}); !slices.EqualFunc(got, again, sameTransition) {
			t.Fatalf("the log read anew gives %v, first %v", again, got)
		}
	})
}

func sameTransition(a, b alert.Transition) bool {
	return a.Position == b.Position && a.Rule == b.Rule && a.State == b.State && a.At == b.At && a.Since == b.Since
}

// oneKPI changes its value when told to.
type oneKPI struct {
	noKPIs
	values chan float64
}

func (k oneKPI) Due(now int64) *event.Block {
	select {
	case v := <-k.values:
		return event.Of(event.Event{Metric: "kpi", Value: v, Time: now})
	default:
		return nil
	}
}

func TestOnlyValuesThatMatterAreInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newMemoryLog(), &memoryStore{}
		k := oneKPI{values: make(chan float64, 10)}
		got := judged(t, l, s, k, func(*Pipeline) {
			for _, v := range []float64{1, 2, 6, 7, 8, 3, 4} {
				k.values <- v
				time.Sleep(time.Second)
			}
		})
		if len(got) != 2 || got[0].State != alert.Warning || got[0].Value != 6 || got[1].State != alert.OK || got[1].Value != 3 {
			t.Fatalf("stored %v", got)
		}
		if len(l.messages) != 2 {
			t.Errorf("the log has %d messages, want 2", len(l.messages))
		}
		if again := judged(t, l, &memoryStore{}, noKPIs{}, func(*Pipeline) {}); !slices.EqualFunc(got, again, sameTransition) {
			t.Errorf("the log read anew gives %v, first %v", again, got)
		}
	})
}

func TestFindingsOfRulesAreToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newMemoryLog(), &memoryStore{}
		rule := []alert.RuleID{{Kind: "promql", Rule: "backlog"}}
		series := func(office string) alert.Transition {
			return alert.Transition{Kind: "promql", Rule: "backlog", State: alert.Warning, Tags: []event.Tag{{Key: "office", Value: office}}}
		}
		report := func(p *Pipeline, found ...alert.Transition) {
			if err := p.Report(t.Context(), rule, found, time.Now().UnixMilli()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		first := judged(t, l, s, noKPIs{}, func(p *Pipeline) {
			report(p, series("north"), series("south"))
			report(p, series("north"), series("south"))
			report(p, series("north"))
		})
		all := judged(t, l, s, noKPIs{}, func(p *Pipeline) { // after a restart
			report(p, series("north"))
			report(p)
		})
		var got []string
		for _, a := range all {
			got = append(got, a.Position.String()+" "+a.Tags[0].Value+" "+string(a.State))
		}
		if want := []string{"0.1 north warning", "0.2 south warning", "0.3 south ok", "0.4 north ok"}; len(first) != 3 || !slices.Equal(got, want) {
			t.Errorf("stored %v", got)
		}
	})
}

func TestUnknownJudgementsArePassedOver(t *testing.T) {
	p := newPipeline(t, &memoryStore{}, nil)
	for i, data := range []string{"?", "o", "oHMB", "f{", "f[{}]", ""} {
		if err := p.apply(t.Context(), Message{Seq: uint64(i + 1), Received: start, Data: []byte(judgementMagic + data)}); err != nil {
			t.Fatal(err)
		}
	}
	if p.Status().Rejected != 6 {
		t.Errorf("%d rejected, want 6", p.Status().Rejected)
	}
}
