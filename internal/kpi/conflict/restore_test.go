package conflict

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/units"
)

func FuzzRestore(f *testing.F) {
	seed := func() *bench { return newBench(New(), 24*time.Hour, "office") }
	b := seed()
	tag := func(pairs ...string) (tags []event.Tag) {
		for i := 0; i < len(pairs); i += 2 {
			tags = append(tags, event.Tag{Key: pairs[i], Value: pairs[i+1]})
		}
		return tags
	}
	later := event.Event{Metric: "case.edited", Time: 9, Tags: tag("caseId", "1", "agentId", "b", "version", "3", "baseVersion", "1", "fields", "f")}
	b.apply(
		event.Event{Metric: "case.edited", Time: 1, Tags: tag("caseId", "1", "agentId", "a", "version", "2", "office", "north")}, later,
		event.Event{Metric: "presence.beat", Time: 1, Tags: tag("caseId", "1", "agentId", "a")},
		event.Event{Metric: "presence.beat", Time: 2, Tags: tag("caseId", "1", "agentId", "b", "sessionId", "s")},
		event.Event{Metric: "edit.started", Time: 2, Tags: tag("caseId", "1", "agentId", "b", "editId", "e")},
		event.Event{Metric: "edit.started", Time: 3, Tags: tag("caseId", "1", "agentId", "c")},
	)
	f.Add(b.AppendBinary(b.keys.AppendBinary(nil)))
	f.Fuzz(func(_ *testing.T, data []byte) {
		b := seed()
		r := bin.NewReader(data)
		b.keys.Restore(r)
		b.Restore(r)
		if r.End() != nil {
			return
		}
		b.apply(later)
		b.Value(kpi.Query{From: 0, At: 10, By: []int{0}})
		b.Conflicts(10)
	})
}

// A case of thousands of events keeps marks of earlier states; late ones begin
// from there.
func TestLongCase(t *testing.T) {
	metrics := []string{"case.edited", "edit.started", "edit.discarded", "presence.beat", "presence.beat", "presence.ended", "case.assigned", "conflict.cleared", "edit.rejected"}
	r := rand.New(rand.NewPCG(3, 4))
	var events []event.Event
	version := 0
	for i := range 3000 {
		e := event.Event{Metric: metrics[r.IntN(len(metrics))], Time: int64(i) * 700, Tags: []event.Tag{
			{Key: "caseId", Value: "1"}, {Key: "agentId", Value: fmt.Sprint("a", r.IntN(5))}, {Key: "baseVersion", Value: fmt.Sprint(max(0, version-r.IntN(2)))},
		}}
		if e.Metric == "case.edited" {
			version++
			e.Tags = append(e.Tags, event.Tag{Key: "version", Value: fmt.Sprint(version)})
		}
		events = append(events, e)
	}
	s := New()
	s.ProxyWithin, s.Lease, s.NearMiss, s.EditExpiry = units.Duration(3*time.Second), units.Duration(2*time.Second), units.Duration(time.Second), units.Duration(4*time.Second)
	inOrder, late := newBench(s, time.Minute), newBench(s, time.Minute)
	inOrder.apply(events...)
	for part := range slices.Chunk(events, 150) { // later than one mark, not than all
		mixed := slices.Clone(part)
		r.Shuffle(len(mixed), func(i, k int) { mixed[i], mixed[k] = mixed[k], mixed[i] })
		late.apply(mixed...)
		if r.IntN(4) == 0 {
			var err error
			if late, err = late.again(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if inOrder.index.Missing()+late.index.Missing() > 0 {
		t.Fatal("facts that were to be taken out were missing")
	}
	for at := int64(0); at < 3000*700; at += 9_999 {
		q := kpi.Query{From: at - 60_000, At: at}
		if x, y := text(inOrder.Value(q)), text(late.Value(q)); x != y {
			t.Fatalf("%+v:\n%s\n%s", q, x, y)
		}
		if x, y := inOrder.conflicts(at), late.conflicts(at); !slices.Equal(x, y) {
			t.Fatalf("open at %d:\n%v\n%v", at, x, y)
		}
	}
}
