package stream

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

func one(h *Hub, metric string) {
	h.Publish(Batch{FirstSeq: h.Last().Seq + 1, Block: event.Of(event.Event{Metric: metric})})
}

func mustSubscribe(t *testing.T, h *Hub, after *alert.Position, metrics ...string) *Subscriber {
	t.Helper()
	f, faults := NewFilter(metrics, nil, nil)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	s, err := h.Subscribe(f, after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestReaderOfSomethingRareIsLeftAloneAndNeverSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(alert.Position{}, Options{RingBytes: 1000})
		s := mustSubscribe(t, h, nil, "rare")
		got, wait, err := s.Take(nil, 1)
		if len(got) > 0 || err != nil {
			t.Fatal(got, err)
		}
		for range 1000 {
			one(h, "common")
			synctest.Wait()
		}
		select {
		case <-wait:
			t.Fatal("woken for nothing")
		default:
		}
		one(h, "rare")
		<-wait
		if got, _, err = s.Take(nil, 1); err != nil || !strings.HasPrefix(string(got), "id: 1001\n") {
			t.Fatalf("%q %v", got, err)
		}
	})
}

func TestReaderThatFallsOutOfTheRingIsToldSo(t *testing.T) {
	h := NewHub(alert.Position{}, Options{RingBytes: 1000})
	s := mustSubscribe(t, h, nil)
	for range 1000 {
		one(h, "a")
	}
	if _, _, err := s.Take(nil, 1); !errors.Is(err, ErrSlow) || h.Slow() != 1 {
		t.Error(err, h.Slow())
	}
	if h.bytes > 2000 || len(h.ring) > 20 {
		t.Error("the ring holds", h.bytes, "bytes in", len(h.ring), "chunks")
	}
}

func TestEventsAreEncodedOnceAndOnlyForReaders(t *testing.T) {
	h := NewHub(alert.Position{}, Options{})
	one(h, "a")
	if h.ring[0].frames.data != nil {
		t.Error("encoded for nobody")
	}
	before := h.bytes
	for range 2 {
		s := mustSubscribe(t, h, &alert.Position{})
		if got, _, err := s.Take(nil, 1); err != nil || len(got) == 0 {
			t.Fatal(got, err)
		}
	}
	if grew := h.bytes - before; grew != cap(h.ring[0].frames.data)+4 {
		t.Errorf("the ring grew by %d bytes for two readers of %d", grew, len(h.ring[0].frames.data))
	}
	if mustSubscribe(t, h, nil); h.Delivered() != 2 {
		t.Error(h.Delivered(), "delivered")
	}
}

func TestBigBlocksAreCut(t *testing.T) {
	h := NewHub(alert.Position{Seq: 10}, Options{})
	h.Publish(Batch{FirstSeq: 11, Block: officeBlock(5000)})
	if len(h.ring) != 5 || h.Last().Seq != 5010 {
		t.Error(len(h.ring), "chunks up to", h.Last())
	}
	s := mustSubscribe(t, h, &alert.Position{Seq: 3000})
	got, wait, err := s.Take(nil, 1)
	if err != nil || wait != nil || !strings.HasPrefix(string(got), "id: 3001\n") {
		t.Errorf("%.20q %v", got, err)
	}
	if frames := strings.Count(string(got), "\n\n"); frames != 10+3072-3000 {
		t.Error(frames, "frames taken at once")
	}
}

func TestSubscribersAreBounded(t *testing.T) {
	h := NewHub(alert.Position{}, Options{MaxSubscribers: 1})
	f, _ := NewFilter(nil, nil, nil)
	s := mustSubscribe(t, h, nil)
	if _, err := h.Subscribe(f, nil); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
	s.Close()
	s.Close()
	mustSubscribe(t, h, nil)
}

func TestFiltersThatSelectTheSameAreShared(t *testing.T) {
	a, _ := NewFilter([]string{"b", "a*", "b"}, []event.Tag{{Key: "x", Value: "1"}, {Key: "y", Value: "2"}}, []string{"alert", "message"})
	b, _ := NewFilter([]string{"a*", "b"}, []event.Tag{{Key: "y", Value: "2"}, {Key: "x", Value: "1"}}, []string{"message", "alert"})
	c, _ := NewFilter([]string{"a*", "b*"}, nil, nil)
	if a.key != b.key || a.key == c.key {
		t.Error(a.key, b.key, c.key)
	}
	if everything, _ := NewFilter([]string{"a", "*"}, nil, nil); !everything.whole(Points) || !everything.whole(Alerts) || !everything.whole(KPIs) {
		t.Error("* does not select everything")
	}
}

func TestOnlyWhoWantsKPIsIsWokenByThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(alert.Position{Seq: 7}, Options{})
		update := Update{KPI: "case.sla", Tags: []event.Tag{{Key: "office", Value: "north"}}, Data: []byte(`{"kpi":"case.sla"}`)}
		waits := map[string]<-chan struct{}{}
		subscribers := map[string]*Subscriber{}
		for name, kinds := range map[string][]string{"all": nil, "kpi": {"kpi"}, "others": {"message", "alert"}} {
			f, _ := NewFilter(nil, nil, kinds)
			s, err := h.Subscribe(f, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			subscribers[name] = s
			_, waits[name], _ = s.Take(nil, 1)
		}
		h.Publish(Batch{Updates: []Update{update}})
		synctest.Wait()
		for name, s := range subscribers {
			woken := false
			select {
			case <-waits[name]:
				woken = true
			default:
			}
			got, _, err := s.Take(nil, 1<<10)
			want := "event: kpi\ndata: {\"kpi\":\"case.sla\"}\n\n"
			if name == "others" {
				want = ""
			}
			if woken != (name != "others") || string(got) != want || err != nil || s.Position() != (alert.Position{Seq: 7}) {
				t.Errorf("%s: woken %v, got %q, %v, at %v", name, woken, got, err, s.Position())
			}
			if told := s.Tell(nil, update, Update{KPI: "x", Data: []byte("{}")}); (len(told) > 0) != (name != "others") || s.WantsKPIs() != (name == "kpi") {
				t.Errorf("%s was told %q", name, told)
			}
		}
	})
}

func TestAKPIsTotalLacksTheTagsOfItsGroups(t *testing.T) {
	f, _ := NewFilter([]string{"case.*"}, []event.Tag{{Key: "office", Value: "north"}}, nil)
	total, north, other := Update{KPI: "case.sla"}, Update{KPI: "case.sla", Tags: f.tags}, Update{KPI: "call.level", Tags: f.tags}
	if f.matchUpdate(&total) || !f.matchUpdate(&north) || f.matchUpdate(&other) {
		t.Error("tags and names select the wrong values")
	}
}

func TestManyUpdatesAreCut(t *testing.T) {
	h := NewHub(alert.Position{Seq: 7}, Options{})
	updates := make([]Update, 3000)
	for i := range updates {
		updates[i] = Update{KPI: "a", Data: []byte("{}")}
	}
	s := mustSubscribe(t, h, nil)
	h.Publish(Batch{Updates: updates})
	if len(h.ring) != 3 || h.Last().Seq != 7 {
		t.Error(len(h.ring), "chunks up to", h.Last())
	}
	if got, _, _ := s.Take(nil, 1<<20); strings.Count(string(got), "event: kpi\n") != len(updates) {
		t.Errorf("%d bytes", len(got))
	}
}
