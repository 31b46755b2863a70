package sla

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

const hours = int64(hour)

// story is one definition and what it says after some events; times are hours
// since base.
type story struct {
	testing.TB
	*Evaluator
	keys *kpi.Keys
}

func tell(t testing.TB, definition string, by ...string) *story {
	s, err := decode(definition)
	if err != nil {
		t.Fatal(err)
	}
	e := &kpi.Env{Calendars: calendars(t)}
	c := &kpi.Common{By: by}
	if faults := s.Validate(c, e); faults != nil {
		t.Fatal(faults.Err())
	}
	return &story{t, s.New(c, e).(*Evaluator), kpi.NewKeys()}
}

func at(h float64) int64 { return base + int64(h*float64(hours)) }

// on says that something happened to case A: "case.opened priority=high".
func (s *story) on(h float64, what string) *story { return s.of("A", h, what) }

func (s *story) of(id string, h float64, what string) *story {
	words := strings.Fields(what)
	e := event.Event{Metric: words[0], Value: 1, Time: at(h), Tags: []event.Tag{{Key: "caseId", Value: id}}}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		e.Tags = append(e.Tags, event.Tag{Key: key, Value: value})
	}
	s.Apply(kpi.NewBatch(event.Of(e), s.keys))
	return s
}

// figures over everything until then.
func (s *story) figures(h float64) Figures {
	return s.Value(kpi.Query{From: base - 100*hours, At: at(h)})[0].Figures.(Figures)
}

// due holds how many cycles were due until then, and met.
func (s *story) due(h float64, met, total int) *story {
	s.Helper()
	if f := s.figures(h); f.Due.Met != met || f.Due.Total != total {
		s.Errorf("hour %v: due %d of %d, want %d of %d", h, f.Due.Met, f.Due.Total, met, total)
	}
	return s
}

func (s *story) live(h float64, want Live) *story {
	s.Helper()
	if f := s.figures(h); f.Live != want {
		s.Errorf("hour %v: %+v, want %+v", h, f.Live, want)
	}
	return s
}

const ms = 1.0 / 3_600_000

func TestEqualityIsMet(t *testing.T) {
	tell(t, "target: 4h").on(0, "case.opened").on(4, "case.resolved").due(4, 0, 0).due(4+ms, 1, 1)
	tell(t, "target: 4h").on(0, "case.opened").on(4+ms, "case.resolved").due(4+ms, 0, 1).due(99, 0, 1)
}

func TestOverdueOnlyAfterTheDeadline(t *testing.T) {
	tell(t, "target: 4h").on(0, "case.opened").
		live(3-ms, Live{OnTrack: 1}).live(3, Live{OnTrack: 1}).live(3+ms, Live{AtRisk: 1}).
		live(4, Live{AtRisk: 1}).due(4, 0, 0).live(4+ms, Live{Breached: 1}).due(4+ms, 0, 1)
}

func TestCancelledBeforeTheDeadlineIsNotDue(t *testing.T) {
	tell(t, "target: 4h").on(0, "case.opened").on(4-ms, "case.cancelled").due(9, 0, 0).live(9, Live{})
	tell(t, "target: 4h").on(0, "case.opened").on(4, "case.cancelled").due(9, 0, 1).live(9, Live{})
	s := tell(t, "target: 4h").on(0, "case.opened").on(5, "case.cancelled").due(9, 0, 1).live(5, Live{Breached: 1}).live(9, Live{})
	if f := s.figures(9); f.Closed.Total != 0 || f.ClosedAndOverdue.Total != 0 || f.Cancelled != 0 {
		t.Errorf("%+v", f)
	}
}

func TestAPauseCarriesTheRestOn(t *testing.T) {
	s := tell(t, "target: 4h").on(0, "case.opened").on(3, "case.paused").live(4, Live{Paused: 1}).due(50, 0, 0)
	s.on(10, "case.resumed").live(10.5, Live{AtRisk: 1}).live(11+ms, Live{Breached: 1})
	s.on(11, "case.resolved").due(12, 1, 1)
}

func TestAPauseAfterTheDeadlineChangesNothing(t *testing.T) {
	tell(t, "target: 4h").on(0, "case.opened").on(4+ms, "case.paused").live(9, Live{Breached: 1}).on(10, "case.resumed").on(10, "case.resolved").due(11, 0, 1)
	// At the deadline it is still in time, with nothing left.
	tell(t, "target: 4h").on(0, "case.opened").on(4, "case.paused").live(9, Live{Paused: 1}).on(10, "case.resolved").due(11, 1, 1)
}

func TestAPauseEndsBeforeTheStopOfTheSameInstant(t *testing.T) {
	s := tell(t, "target: 4h").on(6, "case.resolved").on(6, "case.resumed").on(2, "case.paused").on(0, "case.opened").due(9, 1, 1)
	if a := s.Account(1, at(9))[0]; *a.RemainingMs != 2*hours || a.UsedMs != 2*hours || a.Verdict != kpi.CycleMet {
		t.Errorf("%+v", a)
	}
}

func TestReopeningBeginsAnewAndTheFirstVerdictStands(t *testing.T) {
	tell(t, "target: 4h").on(0, "case.opened").on(5, "case.resolved").on(6, "case.reopened").
		live(7, Live{OnTrack: 1}).on(9, "case.resolved").due(20, 1, 2)
}

func TestTargetsInForce(t *testing.T) {
	const definition = "target: {tag: priority, values: {high: 4h}, default: 8h}"
	tell(t, definition).on(0, "case.opened priority=high").due(4+ms, 0, 1)
	tell(t, definition).on(0, "case.opened").due(4+ms, 0, 0).due(8+ms, 0, 1)
	// Before the deadline: from what was used. Beyond the new one: breached there.
	tell(t, definition).on(0, "case.opened").on(1, "case.priority_changed to=high").due(4+ms, 0, 1)
	tell(t, definition).on(0, "case.opened").on(5, "case.priority_changed to=high").due(5, 0, 0).due(5+ms, 0, 1).on(5, "case.resolved").due(9, 0, 1)
	// After it: the verdict stands, and the next cycle has the new target.
	tell(t, definition).on(0, "case.opened priority=high").on(4+ms, "case.priority_changed to=low").due(9, 0, 1).
		on(9, "case.resolved").on(10, "case.reopened").due(18, 0, 1).due(18+ms, 0, 2)
	// While paused: from when the clock goes on.
	tell(t, definition).on(0, "case.opened").on(5, "case.paused").on(6, "case.priority_changed to=high").
		live(7, Live{Paused: 1}).due(7, 0, 0).on(8, "case.resumed").due(8+ms, 0, 1)
}

func TestDeadlinesOfTheCase(t *testing.T) {
	due := func(h float64) string { return time.UnixMilli(at(h)).UTC().Format(time.RFC3339Nano) }
	tell(t, "due_tag: dueAt").on(0, "case.opened dueAt="+due(3)).on(3, "case.resolved").due(9, 1, 1)
	tell(t, "due_tag: dueAt").on(0, "case.opened dueAt="+due(3)).on(3+ms, "case.resolved").due(9, 0, 1)
	// Passed before the case was opened: breached from the start.
	tell(t, "due_tag: dueAt").on(0, "case.opened dueAt="+due(-1)).on(0, "case.resolved").due(0, 0, 0).due(1, 0, 1)
	s := tell(t, "due_tag: dueAt").on(0, "case.opened").live(1, Live{}).on(2, "case.resolved").due(9, 0, 0)
	if f := s.figures(9); f.WithoutGoal != 1 || f.Closed.Total != 0 {
		t.Errorf("%+v", f)
	}
	tell(t, "due_tag: dueAt\ntarget: 2h").on(0, "case.opened dueAt=soon").due(2+ms, 0, 1)
}

func TestGoalsAreClocksOfTheirOwn(t *testing.T) {
	s := tell(t, "goals: [{name: first_response, stop: case.responded, target: 1h}, {name: resolution, target: 8h}]", "goal").
		on(0, "case.opened").on(0.5, "case.responded").live(1, Live{OnTrack: 1}).on(9, "case.resolved")
	all := s.Value(kpi.Query{From: base, At: at(20), By: []int{0}})
	if len(all) != 3 || all[0].N != 2 || all[0].Value != 0.5 || all[1].Tags[0].Value != "first_response" || all[1].Value != 1 || all[2].Value != 0 {
		t.Fatalf("%+v", all)
	}
}

func TestAStopWaitsForItsStart(t *testing.T) {
	s := tell(t, "target: 4h").on(2, "case.resolved")
	if f := s.figures(3); f.Unmatched != 1 {
		t.Errorf("%+v", f)
	}
	s.on(0, "case.opened").due(9, 1, 1).on(1, "case.opened").on(3, "case.resolved")
	if f := s.figures(9); f.Unmatched != 0 || f.Repeated != 2 {
		t.Errorf("%+v", f)
	}
}

func TestBusinessTimeOverTheChangeOfTheClock(t *testing.T) {
	// Sunday 2024-03-10 has 23 hours in New York; a calendar that is open all day.
	all, err := calendar.Config{{Name: "day", TimeZone: "America/New_York", Hours: map[string]string{"mon-sun": "00:00-24:00"}}}.Build("")
	if err != nil {
		t.Fatal(err)
	}
	s := New()
	s.Target.Default, s.Calendar = 24*3600e9, "day"
	e := s.New(&kpi.Common{}, &kpi.Env{Calendars: all}).(*Evaluator)
	opened := time.Date(2024, 3, 10, 5, 0, 0, 0, time.UTC).UnixMilli()
	e.Apply(kpi.NewBatch(event.Of(event.Event{Metric: "case.opened", Time: opened, Tags: []event.Tag{{Key: "caseId", Value: "A"}}}), kpi.NewKeys()))
	a := e.Account(1, opened+30*hours)[0]
	if *a.Deadline != opened+24*hours || len(a.Spans) != 2 || a.Spans[0].ShiftMs != hours || *a.OverrunMs != 6*hours {
		t.Errorf("%+v", a)
	}
}

func TestFederalHours(t *testing.T) {
	// base is Monday 07:00 in New York; open from 08:00 to 17:00.
	s := tell(t, "target: 10h\ncalendar: federal").on(0, "case.opened").due(26, 0, 0).due(26+ms, 0, 1)
	a := s.Account(1, at(27))[0]
	var states []string
	for _, span := range a.Spans {
		states = append(states, string(span.State))
	}
	if got := strings.Join(states, " "); got != "closed running closed running overdue" || a.UsedMs != 11*hours || *a.OverrunMs != hours {
		t.Errorf("%s %+v", got, a)
	}
}

func TestFiguresAsTheAPIHasThem(t *testing.T) {
	s := tell(t, "target: 4h\nobjective: 0.9").on(0, "case.opened").on(1, "case.resolved").of("B", 0, "case.opened")
	text, err := json.Marshal(s.figures(9))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"due":{"met":1,"total":2,"ratio":0.5,"label":"cycles whose deadline passed; open and overdue ones count as missed"},` +
		`"closed":{"met":1,"total":1,"ratio":1,"label":"cycles that ended; excludes open overdue"},` +
		`"closed_and_overdue":{"met":1,"total":2,"ratio":0.5,"label":"cycles that ended, and those open and overdue now"},` +
		`"live":{"breached":1,"atRisk":0,"onTrack":0,"paused":0},"verdict":"undetermined","needed":51,"neededLate":1,` +
		`"cancelled":0,"withoutGoal":0,"unmatched":0,"repeated":0,"withoutKey":0}`
	if string(text) != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	empty, _ := json.Marshal(tell(t, "target: 4h").figures(1))
	if !strings.Contains(string(empty), `"ratio":null`) || !strings.Contains(string(empty), `"verdict":null,"needed":null`) {
		t.Errorf("%s", empty)
	}
}

func TestVerdicts(t *testing.T) {
	run := func(met, late int) kpi.Series {
		s := tell(t, "target: 4h\nobjective: 0.9")
		for i := range met + late {
			id := string(rune('a'+i/26)) + string(rune('a'+i%26))
			s.of(id, 0, "case.opened")
			if i < met {
				s.of(id, 1, "case.resolved")
			}
		}
		return s.Value(kpi.Query{From: base, At: at(9)})[0]
	}
	if r := run(27, 3); r.Interval[0] < 0.7437 || r.Interval[0] > 0.7439 || r.Interval[1] < 0.9653 || r.Interval[1] > 0.9655 || r.Verdict != kpi.Undetermined {
		t.Errorf("%+v", r.Interval)
	}
	if r := run(90, 10); r.Interval[0] < 0.8255 || r.Interval[0] > 0.8257 || r.Interval[1] < 0.9447 || r.Interval[1] > 0.9449 {
		t.Errorf("%+v", r.Interval)
	}
	if r := run(34, 0); r.Verdict != kpi.Undetermined || *r.Figures.(Figures).Needed != 1 {
		t.Errorf("%+v", r)
	}
	if r := run(35, 0); r.Verdict != kpi.Met || r.Figures.(Figures).Needed != nil {
		t.Errorf("%+v", r)
	}
	if r := run(10, 20); r.Verdict != kpi.Missed {
		t.Errorf("%+v", r)
	}
}

func TestEventsWithoutACase(t *testing.T) {
	s := tell(t, "target: 4h")
	s.Apply(kpi.NewBatch(event.Of(
		event.Event{Metric: "case.opened", Time: base}, event.Event{Metric: "case.opened", Time: base, Tags: []event.Tag{{Key: "caseId"}}},
	), s.keys))
	if f := s.figures(9); f.WithoutKey != 2 || f.Due.Total != 0 {
		t.Errorf("%+v", f)
	}
}

func TestCasesAreChosenByKnownTags(t *testing.T) {
	s := tell(t, "target: 4h", "office")
	if _, err := s.Cases(kpi.CaseQuery{Tags: map[string]string{"color": "red"}}); err == nil || !strings.Contains(err.Error(), `"color": they have the tags office, queue, goal`) {
		t.Error(err)
	}
	if _, err := kpi.ParseCaseCursor("?"); err == nil {
		t.Error("a cursor of nothing")
	}
}
