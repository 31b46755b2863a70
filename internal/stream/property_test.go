package stream

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

var (
	genMetric = rapid.SampledFrom([]string{"case.opened", "case.resolved", "call.offered"})
	genTag    = rapid.SampledFrom([]event.Tag{{Key: "office", Value: "north"}, {Key: "office", Value: "süd"}, {Key: "agent", Value: ""}})
	genTags   = rapid.SliceOfNDistinct(genTag, 0, 2, func(t event.Tag) string { return t.Key })
)

// reader is a subscriber with what it asked for and what it got.
type reader struct {
	metrics []string
	tags    []event.Tag
	kinds   []string
	filter  *Filter
	from    alert.Position
	sub     *Subscriber
	wait    <-chan struct{}
	got     []byte
	// The updates that are to come are those numbered from fresh on; what was got
	// before the place since came of earlier subscriptions.
	fresh, since int
}

// machine publishes and reads in any order that rapid thinks of.
type machine struct {
	hub     *Hub
	history memory
	readers []*reader
	updates []Update // all published
}

func (m *machine) Publish(t *rapid.T) {
	last := m.hub.Last()
	var b Batch
	n := rapid.IntRange(0, 6).Draw(t, "rows")
	if n > 0 {
		var events []event.Event
		for range n {
			events = append(events, event.Event{
				Metric: genMetric.Draw(t, "metric"), Value: rapid.Float64().Draw(t, "value"),
				Time: rapid.Int64Range(0, 1e12).Draw(t, "time"), Tags: genTags.Draw(t, "tags"),
				ID: rapid.SampledFrom([]string{"", "", "x\n"}).Draw(t, "id"),
			})
		}
		b.Block, b.FirstSeq = event.Of(events...), last.Seq+1
	}
	at := last
	for range rapid.IntRange(0, 3).Draw(t, "alerts") {
		if seq := at.Seq + uint64(rapid.IntRange(0, 2).Draw(t, "ahead")); seq > at.Seq && seq <= last.Seq+uint64(n) {
			at = alert.Position{Seq: seq}
		}
		at.N++
		b.Alerts = append(b.Alerts, alert.Transition{
			Position: at, Rule: "r", Metric: genMetric.Draw(t, "watched"), Tags: genTags.Draw(t, "alert tags"),
			State: alert.Warning, Previous: alert.OK,
		})
	}
	for range rapid.IntRange(0, 3).Draw(t, "updates") {
		u := Update{KPI: genMetric.Draw(t, "KPI"), Tags: genTags.Draw(t, "KPI tags"), Data: fmt.Appendf(nil, `{"n":%d}`, len(m.updates))}
		m.updates = append(m.updates, u)
		b.Updates = append(b.Updates, u)
	}
	m.history.add(b)
	m.hub.Publish(b)
}

func (m *machine) Subscribe(t *rapid.T) {
	r := &reader{
		metrics: rapid.SliceOfN(rapid.SampledFrom([]string{"case.opened", "case.*", "call.offered", "*", "none"}), 0, 2).Draw(t, "metrics"),
		tags:    genTags.Draw(t, "want"),
		kinds:   rapid.SampledFrom([][]string{nil, nil, {"message"}, {"alert"}, {"alert", "message"}, {"kpi"}, {"kpi", "message"}}).Draw(t, "kinds"),
	}
	var faults []error
	filter, list := NewFilter(r.metrics, r.tags, r.kinds)
	for _, f := range list {
		faults = append(faults, f)
	}
	if len(faults) > 0 {
		t.Fatal(errors.Join(faults...))
	}
	last := m.hub.Last()
	var after *alert.Position
	r.from, r.filter = last, filter
	if rapid.Bool().Draw(t, "resumes") {
		after = &alert.Position{
			Seq: rapid.Uint64Range(0, last.Seq+1).Draw(t, "after"),
			N:   rapid.Uint32Range(0, 2).Draw(t, "after n"),
		}
		if after.Before(last) {
			r.from = *after
		}
	}
	m.subscribe(t, r, after)
	m.readers = append(m.readers, r)
}

func (m *machine) subscribe(t *rapid.T, r *reader, after *alert.Position) {
	sub, err := m.hub.Subscribe(r.filter, after)
	if err != nil {
		t.Fatal(err)
	}
	r.sub, r.wait = sub, nil
	m.joined(r)
}

// joined notes that what comes next begins with the updates from here on.
func (m *machine) joined(r *reader) { r.fresh, r.since = len(m.updates), len(r.got) }

func (m *machine) Read(t *rapid.T) {
	if len(m.readers) > 0 {
		m.read(t, rapid.SampledFrom(m.readers).Draw(t, "reader"), rapid.IntRange(1, 2000).Draw(t, "bytes"))
	}
}

// read lets r take what it can. It looks again only when told to.
func (m *machine) read(t *rapid.T, r *reader, limit int) {
	if r.wait != nil {
		select {
		case <-r.wait:
		default:
			return
		}
	}
	if !r.sub.Live() {
		err := r.sub.CatchUp(t.Context(), &m.history, func(b []byte) error {
			r.got = append(r.got, b...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		m.joined(r)
	}
	var err error
	r.got, r.wait, err = r.sub.Take(r.got, len(r.got)+limit)
	if errors.Is(err, ErrSlow) {
		m.resume(t, r)
	} else if err != nil {
		t.Fatal(err)
	}
}

// Beat looks without being told to, as a heartbeat does.
func (m *machine) Beat(t *rapid.T) {
	if len(m.readers) > 0 {
		r := rapid.SampledFrom(m.readers).Draw(t, "reader")
		r.wait = nil
		m.read(t, r, 1000)
	}
}

func (m *machine) Reconnect(t *rapid.T) {
	if len(m.readers) > 0 {
		m.resume(t, rapid.SampledFrom(m.readers).Draw(t, "reader"))
	}
}

func (m *machine) resume(t *rapid.T, r *reader) {
	after := r.sub.Position()
	r.sub.Close()
	m.subscribe(t, r, &after)
}

func (m *machine) Settle(*rapid.T) { synctest.Wait() }

func (m *machine) Check(*rapid.T) {}

func TestEachReaderSeesEachEventOnceInOrder(t *testing.T) {
	// rapid would ask a *testing.T for its deadline, which a bubble forbids.
	synctest.Test(t, func(t *testing.T) { rapid.Check(struct{ testing.TB }{t}, checkReaders) })
}

func checkReaders(t *rapid.T) {
	m := &machine{hub: NewHub(alert.Position{}, Options{
		RingBytes: rapid.SampledFrom([]int{1, 2000, 1 << 20}).Draw(t, "ring"),
	})}
	t.Repeat(rapid.StateMachineActions(m))
	synctest.Wait()
	for _, r := range m.readers {
		m.drain(t, r)
		numbered, _ := split(r.got)
		if want := m.history.expect(r.metrics, r.tags, r.kinds, r.from); numbered != want {
			t.Fatalf("%v %v %v after %v\ngot\n%s\nwant\n%s", r.metrics, r.tags, r.kinds, r.from, numbered, want)
		}
		_, updates := split(r.got[r.since:])
		if want := m.expectUpdates(r); updates != want {
			t.Fatalf("%v %v %v from update %d on\ngot\n%s\nwant\n%s", r.metrics, r.tags, r.kinds, r.fresh, updates, want)
		}
		r.sub.Close()
	}
	if n := m.hub.Subscribers(); n != 0 || len(m.hub.groups) != 0 {
		t.Fatalf("%d subscribers, %d groups left", n, len(m.hub.groups))
	}
}

func (m *machine) drain(t *rapid.T, r *reader) {
	for {
		m.read(t, r, 1<<20)
		if r.wait == nil {
			continue
		}
		select {
		case <-r.wait:
		default:
			return
		}
	}
}

// split parts the frames that have an id from those of KPIs.
func split(got []byte) (numbered, updates string) {
	for frame := range strings.SplitAfterSeq(string(got), "\n\n") {
		if strings.HasPrefix(frame, "event: kpi\n") {
			updates += frame
		} else {
			numbered += frame
		}
	}
	return numbered, updates
}

// expectUpdates is what a reader gets of KPIs since it became live.
func (m *machine) expectUpdates(r *reader) (want string) {
	for _, u := range m.updates[r.fresh:] {
		if (len(r.kinds) == 0 || slices.Contains(r.kinds, "kpi")) && matchNames(r.metrics, u.KPI) && matchTags(r.tags, u.Tags) {
			want += "event: kpi\ndata: " + string(u.Data) + "\n\n"
		}
	}
	return want
}
