package httpapi

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/stream"
)

func kpiUpdate(name string, n int, tags ...event.Tag) stream.Update {
	return stream.Update{KPI: name, Tags: tags, Data: fmt.Appendf(nil, `{"kpi":%q,"n":%d}`, name, n)}
}

func kpiFrame(name string, n int) string {
	return fmt.Sprintf("event: kpi\ndata: {\"kpi\":%q,\"n\":%d}\n", name, n)
}

var north = event.Tag{Key: "office", Value: "north"}

func TestStreamBeginsWithTheValuesThatStand(t *testing.T) {
	s := serveStream(t, StreamOptions{CurrentKPIs: func() []stream.Update {
		return []stream.Update{kpiUpdate("case.sla", 1), kpiUpdate("case.sla", 2, north), kpiUpdate("calls", 3)}
	}}, stream.Options{})
	s.Start()
	bodies := map[string]func(want ...string){}
	for query, want := range map[string][]string{
		"":                               {}, // who names no kinds follows events, and changes alone
		"?events=message,alert,kpi":      {kpiFrame("case.sla", 1), kpiFrame("case.sla", 2), kpiFrame("calls", 3)},
		"?events=kpi&metric=case.*":      {kpiFrame("case.sla", 1), kpiFrame("case.sla", 2)},
		"?events=kpi&tag.office=north":   {kpiFrame("case.sla", 2)},
		"?events=message,alert":          {},
		"?events=message&metric=calls":   {},
		"?events=message,kpi&metric=cal": {},
	} {
		_, body := s.open(t, query, "")
		bodies[query] = func(want ...string) { t.Helper(); expectFrames(t, body, want...) }
		bodies[query](append([]string{streamHello + "id: 3\n"}, want...)...)
	}
	s.hub.Publish(stream.Batch{Updates: []stream.Update{kpiUpdate("case.sla", 4), kpiUpdate("calls", 5)}})
	s.publish("a")
	s.publish("calls")
	bodies[""](kpiFrame("case.sla", 4), kpiFrame("calls", 5), streamPoint(4, "a"))
	bodies["?events=kpi&metric=case.*"](kpiFrame("case.sla", 4))
	bodies["?events=message,alert"](streamPoint(4, "a"))
	bodies["?events=message&metric=calls"](streamPoint(5, "calls"))
}

// The ids that a stream resumes by are those of points and alerts; values of
// KPIs that were missed are not told, those that stand are.
func TestStreamResumesPastKPIs(t *testing.T) {
	n := 0
	s := serveStream(t, StreamOptions{CurrentKPIs: func() []stream.Update { return []stream.Update{kpiUpdate("k", n)} }}, stream.Options{})
	s.Start()
	publish := func() {
		n++
		s.hub.Publish(stream.Batch{Updates: []stream.Update{kpiUpdate("k", n)}})
	}
	_, first := s.open(t, "?events=message,alert,kpi", "")
	expectFrames(t, first, streamHello+"id: 3\n", kpiFrame("k", 0))
	publish()
	s.publish("a", alert.Transition{Rule: "a", Metric: "a", State: alert.Warning, Previous: alert.OK})
	publish()
	publish()
	s.publish("b")
	publish()
	expectFrames(t, first, kpiFrame("k", 1), streamPoint(4, "a"))
	if frame := streamFrame(t, first); !strings.HasPrefix(frame, "event: alert\nid: 4.1\n") {
		t.Fatal(frame)
	}
	expectFrames(t, first, kpiFrame("k", 2), kpiFrame("k", 3), streamPoint(5, "b"), kpiFrame("k", 4))

	_, again := s.open(t, "?events=message,alert,kpi", "4.1") // inside the ring
	expectFrames(t, again, streamHello+"id: 4.1\n", kpiFrame("k", 4), streamPoint(5, "b"))
	_, old := s.open(t, "?events=message,alert,kpi", "2") // from history
	expectFrames(t, old, streamHello, streamOld(3), streamOld(4), streamOld(5), kpiFrame("k", 4))
	publish()
	s.publish("c")
	for _, body := range []interface{ ReadString(byte) (string, error) }{again, old} {
		var got strings.Builder
		for !strings.HasSuffix(got.String(), "\n\n"+streamPoint(6, "c")+"\n") {
			line, err := body.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			got.WriteString(line)
			if got.Len() > 1000 {
				t.Fatal(got.String())
			}
		}
		if want := kpiFrame("k", 5) + "\n" + streamPoint(6, "c") + "\n"; got.String() != want {
			t.Errorf("got\n%swant\n%s", got.String(), want)
		}
	}
}

func TestStreamsThatBeginTogetherShareALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks, hold := 0, make(chan struct{})
		s := standing{of: func() []stream.Update {
			looks++
			<-hold
			return make([]stream.Update, looks)
		}}
		var all sync.WaitGroup
		all.Go(func() {
			if got := len(s.values()); got != 1 {
				t.Errorf("the first was given look %d", got)
			}
		})
		synctest.Wait()
		for range 100 {
			all.Go(func() {
				if got := len(s.values()); got != 2 {
					t.Errorf("one who asked during look 1 was given look %d", got)
				}
			})
		}
		synctest.Wait()
		close(hold)
		all.Wait()
		if looks != 2 {
			t.Errorf("%d looks", looks)
		}
	})
}
