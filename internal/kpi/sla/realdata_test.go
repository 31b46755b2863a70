package sla

import (
	"archive/zip"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// realFile is the path of a public data set; the test is skipped without it.
func realFile(t testing.TB, name string) string {
	path := filepath.Join("../../../../shared/data", name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the public data set %s is not at ../shared/data", name)
	}
	return path
}

// rows reads a CSV, each row by the names of its columns.
func rows(t testing.TB, r io.Reader, yield func(column func(string) string)) {
	c := csv.NewReader(r)
	c.ReuseRecord = true
	header, err := c.Read()
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]int{}
	for i, name := range header {
		places[name] = i
	}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		yield(func(name string) string { return strings.Clone(row[places[name]]) })
	}
}

// flagged is a case and the city's own verdict on it.
type flagged struct{ target, closed, ontime string }

func boston(t testing.TB) ([]event.Event, map[string]flagged) {
	z, err := zip.OpenReader(realFile(t, "boston311_2011H2.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	instant := func(text string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	var events []event.Event
	verdicts := map[string]flagged{}
	rows(t, f, func(column func(string) string) {
		id := column("case_enquiry_id")
		verdicts[id] = flagged{column("target_dt"), column("closed_dt"), column("ontime")}
		tags := []event.Tag{{Key: "caseId", Value: id}, {Key: "office", Value: column("department")}, {Key: "queue", Value: column("queue")}}
		opened := slices.Clone(tags)
		if due := column("target_dt"); due != "" {
			opened = append(opened, event.Tag{Key: "dueAt", Value: instant(due).UTC().Format(time.RFC3339Nano)})
		}
		events = append(events, event.Event{Metric: "case.opened", Value: 1, Time: instant(column("open_dt")).UnixMilli(), Tags: opened})
		if closed := column("closed_dt"); closed != "" {
			events = append(events, event.Event{Metric: "case.resolved", Value: 1, Time: instant(closed).UnixMilli(), Tags: tags})
		}
	})
	slices.SortStableFunc(events, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	return events, verdicts
}

// shuffleDays shuffles the events of each day.
func shuffleDays(events []event.Event) []event.Event {
	shuffled := slices.Clone(events)
	r := rand.New(rand.NewPCG(7, 7))
	const day = 24 * hour
	for first := 0; first < len(shuffled); {
		n := first
		for n < len(shuffled) && shuffled[n].Time/day == shuffled[first].Time/day {
			n++
		}
		part := shuffled[first:n]
		r.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
		first = n
	}
	return shuffled
}

func byDeadline(events []event.Event) (*Evaluator, *kpi.Keys) {
	s := New()
	s.DueTag, s.Objective = "dueAt", 0.8
	e, keys := s.New(&kpi.Common{By: []string{"office"}}, nil).(*Evaluator), kpi.NewKeys()
	for block := range slices.Chunk(events, 1000) {
		e.Apply(kpi.NewBatch(event.Of(block...), keys))
	}
	return e, keys
}

// The city flags each closed case that had a target: all 43,664 flags agree, and
// so does every figure after the events of each day came in disorder.
func TestBostonAgreesWithTheCity(t *testing.T) {
	events, flags := boston(t)
	e, keys := byDeadline(events)
	end := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	verdicts := map[string]kpi.CaseVerdict{}
	for c := range e.Cycles(0, end, end) {
		verdicts[keys.Text("caseId", c.Key)] = c.Verdict
	}
	n := 0
	for id, f := range flags {
		if f.target == "" || f.closed == "" || f.ontime == "" {
			continue
		}
		n++
		if want := map[string]kpi.CaseVerdict{"ONTIME": kpi.CycleMet, "OVERDUE": kpi.CycleMissed}[f.ontime]; verdicts[id] != want {
			t.Errorf("%s is %s, the city says %s: target %s, closed %s", id, verdicts[id], f.ontime, f.target, f.closed)
		}
	}
	if n != 43_664 {
		t.Errorf("%d cases compared, want 43664", n)
	}

	from, at := time.Date(2011, 7, 1, 4, 0, 0, 0, time.UTC).UnixMilli(), time.Date(2012, 1, 1, 5, 0, 0, 0, time.UTC).UnixMilli()
	q := kpi.Query{From: from, At: at, Now: at, By: []int{0}}
	want := e.Value(q)
	for _, s := range want {
		if len(s.Tags) == 0 || s.N > 5000 {
			f := s.Figures.(Figures)
			t.Logf("%v due %d/%d closed %d/%d closed+overdue %d/%d live %+v without goal %d",
				s.Tags, f.Due.Met, f.Due.Total, f.Closed.Met, f.Closed.Total, f.ClosedAndOverdue.Met, f.ClosedAndOverdue.Total, f.Live, f.WithoutGoal)
		}
	}
	shuffled, _ := byDeadline(shuffleDays(events))
	for _, at := range []int64{at, from + 60*24*hour, end} {
		q.At = at
		if got, want := written(t, shuffled.Value(q)), written(t, e.Value(q)); got != want {
			t.Errorf("in disorder:\n%s\nin order:\n%s", got, want)
		}
	}
	if e.index.Missing+shuffled.index.Missing != 0 {
		t.Error("facts were missing")
	}
}

// Of the 1,329 permit applications that ended 952 met their deadline. Two of them
// ended, as the file has it, an hour before they began: an end before there is
// anything to end is unmatched.
func TestPermitsMeetTheirDeadlines(t *testing.T) {
	f, err := os.Open(realFile(t, "wabo_receipt.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var events []event.Event
	ended, inTime, tooEarly := 0, 0, 0
	rows(t, plain, func(column func(string) string) {
		if column("concept:name") != "Confirmation of receipt" {
			return
		}
		instant := func(name string) int64 {
			ms, ok := parseDue(column(name))
			if !ok {
				t.Fatal(column(name))
			}
			return ms
		}
		id := event.Tag{Key: "caseId", Value: column("case:concept:name")}
		events = append(events, event.Event{Metric: "case.opened", Time: instant("case:startdate"), Tags: []event.Tag{id, {Key: "dueAt", Value: column("case:deadline")}}})
		if column("case:enddate") != "" {
			events = append(events, event.Event{Metric: "case.resolved", Time: instant("case:enddate"), Tags: []event.Tag{id}})
			ended++
			if instant("case:enddate") <= instant("case:deadline") {
				inTime++
			}
			if instant("case:enddate") < instant("case:startdate") {
				tooEarly++
			}
		}
	})
	e, _ := byDeadline(events)
	end := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	got := e.Value(kpi.Query{From: 0, At: end})[0].Figures.(Figures)
	if ended != 1_329 || inTime != 952 || tooEarly != 2 {
		t.Fatalf("the file has %d ended, %d in time, %d before they began", ended, inTime, tooEarly)
	}
	if got.Closed.Met != inTime-tooEarly || got.Closed.Total != ended-tooEarly || got.Unmatched != tooEarly || got.Due.Total != 1_434 || got.Due.Met != got.Closed.Met {
		t.Errorf("%+v", got)
	}
}
