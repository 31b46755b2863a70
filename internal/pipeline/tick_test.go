package pipeline

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/stream"
)

func TestWaitingConditionFiresByTimeAloneButNotBeforeTheBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memoryStore{}
		var acked, published atomic.Uint64
		rules := alert.Thresholds{"rate": {Critical: alert.LimitOf("< 2"), For: 5 * time.Second}}.Rules()
		p := newPipeline(t, s, func(o *Options) {
			o.Now = time.Now
			o.Acked = acked.Load
			o.Judge = alert.New(rules, slog.New(slog.DiscardHandler))
			o.Publish = func(b stream.Batch) { published.Add(uint64(len(b.Alerts))) }
		})
		low := func(seq uint64) Message {
			now := time.Now()
			return Message{Seq: seq, Received: now, Data: event.Of(event.Event{Metric: "rate", Value: 1, Time: now.UnixMilli()}).AppendBinary(nil)}
		}
		ctx, cancel := context.WithCancel(t.Context())
		if err := p.apply(ctx, low(1)); err != nil {
			t.Fatal(err)
		}
		acked.Store(2) // the recovery is in the log and not applied
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		time.Sleep(30 * time.Second) // virtual time
		if published.Load() != 0 {
			t.Fatal("fired although the log held an event that may end the condition")
		}
		acked.Store(1)
		time.Sleep(time.Second)
		if published.Load() != 1 {
			t.Fatalf("%d alerts, want 1 by time alone", published.Load())
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got := s.alerts(); len(got) != 1 || got[0].Position.String() != "1.1" || got[0].State != alert.Critical {
			t.Fatalf("stored %v", got)
		}
	})
}
