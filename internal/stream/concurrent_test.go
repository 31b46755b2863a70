package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// Readers that wait, fall behind and come back beside a publisher that never
// stops each end with exactly their events.
func TestReadersBesideAPublisher(t *testing.T) {
	const batches = 1000
	hub := NewHub(alert.Position{}, Options{RingBytes: 20_000})
	history := &memory{}
	filters := []struct {
		metrics, kinds []string
		tags           []event.Tag
	}{
		{}, {metrics: []string{"m1", "end"}}, {metrics: []string{"m*", "end"}, kinds: []string{"message"}},
		{kinds: []string{"alert"}}, {tags: []event.Tag{{Key: "k", Value: "2"}}}, {metrics: []string{"end"}},
	}
	var readers sync.WaitGroup
	joined := make(chan struct{}, 30)
	for i := range cap(joined) {
		f := filters[i%len(filters)]
		readers.Go(func() {
			filter, _ := NewFilter(f.metrics, f.tags, f.kinds)
			sub, err := hub.Subscribe(filter, &alert.Position{})
			if err != nil {
				t.Error(err)
				return
			}
			joined <- struct{}{}
			got := readToEnd(t, hub, history, filter, sub)
			if want := history.expect(f.metrics, f.tags, f.kinds, alert.Position{}); got != want {
				t.Errorf("%v: got %d bytes, want %d", f, len(got), len(want))
			}
		})
	}
	for range cap(joined) {
		<-joined
	}
	for seq := uint64(1); seq <= batches; seq++ {
		b := Batch{FirstSeq: seq, Block: event.Of(event.Event{
			Metric: fmt.Sprint("m", seq%7), Tags: []event.Tag{{Key: "k", Value: fmt.Sprint(seq % 5)}},
		})}
		if seq == batches {
			b.Block = event.Of(event.Event{Metric: "end", Tags: []event.Tag{{Key: "k", Value: "2"}}})
		}
		if seq%10 == 0 {
			b.Alerts = []alert.Transition{{Position: alert.Position{Seq: seq, N: 1}, Metric: "end", Tags: []event.Tag{{Key: "k", Value: "2"}}}}
		}
		history.add(b)
		hub.Publish(b)
	}
	readers.Wait()
	if hub.Subscribers() != 0 {
		t.Error(hub.Subscribers(), "left")
	}
	t.Log(hub.Delivered(), "delivered,", hub.Slow(), "slow")
}

func readToEnd(t *testing.T, hub *Hub, history History, filter *Filter, sub *Subscriber) string {
	var got []byte
	end := alert.Position{Seq: 1000, N: 1}
	for {
		err := sub.CatchUp(context.Background(), history, func(b []byte) error { got = append(got, b...); return nil })
		if err != nil {
			t.Error(err)
			return ""
		}
		var wait <-chan struct{}
		got, wait, err = sub.Take(got, len(got)+500)
		switch {
		case errors.Is(err, ErrSlow):
			after := sub.Position()
			sub.Close()
			if sub, err = hub.Subscribe(filter, &after); err != nil {
				t.Error(err)
				return ""
			}
		case wait != nil && sub.Position() == end:
			sub.Close()
			return string(got)
		case wait != nil:
			<-wait
		}
	}
}

// BenchmarkHub1000Subscribers publishes single events to a thousand readers in
// this process, each behind a goroutine, and counts frames handed over.
func BenchmarkHub1000Subscribers(b *testing.B) {
	for _, filtered := range []bool{false, true} {
		b.Run(fmt.Sprintf("filtered=%v", filtered), func(b *testing.B) {
			hub := NewHub(alert.Position{}, Options{})
			var metrics []string
			if filtered {
				metrics = []string{"case.*"}
			}
			filter, _ := NewFilter(metrics, nil, nil)
			done := make(chan struct{})
			var readers sync.WaitGroup
			for range 1000 {
				sub, err := hub.Subscribe(filter, nil)
				if err != nil {
					b.Fatal(err)
				}
				readers.Go(func() {
					var buf []byte
					for {
						var wait <-chan struct{}
						buf, wait, _ = sub.Take(buf[:0], 64<<10)
						select {
						case <-wait:
						case <-done:
							return
						}
					}
				})
			}
			block := officeBlock(1)
			seq := uint64(0)
			b.ReportAllocs()
			for b.Loop() {
				seq++
				hub.Publish(Batch{FirstSeq: seq, Block: block})
			}
			b.ReportMetric(float64(hub.Delivered())/b.Elapsed().Seconds(), "deliveries/s")
			close(done)
			readers.Wait()
		})
	}
}

func BenchmarkPublishWithoutSubscribers(b *testing.B) {
	hub := NewHub(alert.Position{}, Options{})
	block := officeBlock(1000)
	b.ReportAllocs()
	seq := uint64(1)
	for b.Loop() {
		hub.Publish(Batch{FirstSeq: seq, Block: block})
		seq += 1000
	}
}
