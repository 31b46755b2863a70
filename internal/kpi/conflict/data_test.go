package conflict

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/units"
	"github.com/hms-ops/hms-monitor/test/datasets"
)

// numbers stand for the names of people.
type numbers map[string]int

func (n numbers) of(name string) string {
	if _, ok := n[name]; !ok {
		n[name] = len(n)
	}
	return strconv.Itoa(n[name])
}

func wikipedia(t *testing.T) (events []event.Event) {
	users, pages := numbers{}, numbers{}
	lines := bufio.NewScanner(datasets.Open(t, "wikipedia_edits_2015-09-12.json.gz"))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e struct {
			Time                time.Time
			Channel, Page, User string
			IsRobot             bool
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, event.Event{Metric: "case.edited", Time: e.Time.UnixMilli(), Value: 1, Tags: []event.Tag{
			{Key: "caseId", Value: pages.of(e.Channel + " " + e.Page)}, {Key: "agentId", Value: users.of(e.User)},
			{Key: "isRobot", Value: strconv.FormatBool(e.IsRobot)}, {Key: "channel", Value: e.Channel},
		}})
	}
	if len(events) != 39_244 {
		t.Fatalf("%d edits", len(events))
	}
	return events
}

func problems(t *testing.T) (events []event.Event) {
	agents := numbers{}
	type attribute struct {
		Key   string `xml:"key,attr"`
		Value string `xml:"value,attr"`
	}
	var log struct {
		Trace []struct {
			Event []struct {
				String []attribute `xml:"string"`
				Date   []attribute `xml:"date"`
			} `xml:"event"`
		} `xml:"trace"`
	}
	if err := xml.NewDecoder(datasets.Open(t, "bpic2013_closed_problems.xes.gz")).Decode(&log); err != nil {
		t.Fatal(err)
	}
	for i, trace := range log.Trace {
		for _, e := range trace.Event {
			at, err := time.Parse(time.RFC3339Nano, e.Date[0].Value)
			if err != nil {
				t.Fatal(err)
			}
			who := slices.IndexFunc(e.String, func(a attribute) bool { return a.Key == "org:resource" })
			events = append(events, event.Event{Metric: "case.edited", Time: at.UnixMilli(), Value: 1, Tags: []event.Tag{
				{Key: "caseId", Value: strconv.Itoa(i)}, {Key: "agentId", Value: agents.of(e.String[who].Value)},
			}})
		}
	}
	if len(events) != 6_660 {
		t.Fatalf("%d events", len(events))
	}
	return events
}

func loaded(s *Spec, events []event.Event, by ...string) *bench {
	b := newBench(s, 24*time.Hour, by...)
	for part := range slices.Chunk(events, 1000) {
		b.apply(part...)
	}
	return b
}

func TestWikipedia(t *testing.T) {
	events := wikipedia(t)
	mixed := datasets.ShuffledWithinDays(events, rand.New(rand.NewPCG(1, 2)))
	whole := kpi.Query{From: 0, At: time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli(), By: []int{0}}
	for within, want := range map[time.Duration][2]int{time.Minute: {29, 28}, 5 * time.Minute: {123, 111}, 15 * time.Minute: {251, 234}} {
		for i, tag := range []string{"", "isRobot"} {
			s := New()
			s.ProxyWithin, s.BotTag = units.Duration(within), tag
			b := loaded(s, events, "channel")
			f := b.Value(whole)[0].Figures.(Figures)
			if f.Proxy.Pairs != want[i] || f.Proxy.Started > f.Proxy.Pairs || f.Proxy.Open != 0 || f.Proxy.Clearance.N != f.Proxy.Started {
				t.Errorf("within %v, robots told by %q: %+v, want %d pairs", within, tag, f.Proxy, want[i])
			}
			if tag == "" && f.Cases != 35_278 {
				t.Errorf("%d pages", f.Cases)
			}
			if tag == "" {
				continue
			}
			again := loaded(s, mixed, "channel")
			for at := whole.At - 120*86_400_000; at < whole.At; at += 10 * 86_400_000 {
				q := kpi.Query{From: at - 86_400_000, At: at, By: []int{0}}
				if x, y := text(b.Value(q)), text(again.Value(q)); x != y {
					t.Fatalf("mixed up within a day:\n%s\n%s", x, y)
				}
			}
			if x, y := text(b.Value(whole)), text(again.Value(whole)); x != y || b.index.Missing()+again.index.Missing() > 0 {
				t.Fatalf("mixed up within a day:\n%s\n%s", x, y)
			}
		}
	}
}

func TestProblems(t *testing.T) {
	events := problems(t)
	s := New()
	s.ProxyWithin = units.Duration(time.Minute)
	b, again := loaded(s, events), loaded(s, datasets.ShuffledWithinDays(events, rand.New(rand.NewPCG(1, 2))))
	whole := kpi.Query{From: 0, At: time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()}
	f := b.Value(whole)[0].Figures.(Figures)
	if f.Proxy.Pairs != 314 || f.Cases != 1_487 {
		t.Errorf("%+v", f)
	}
	if x, y := text(b.Value(whole)), text(again.Value(whole)); x != y {
		t.Fatalf("mixed up within a day:\n%s\n%s", x, y)
	}
}
