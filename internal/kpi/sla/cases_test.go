package sla

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// listed is an evaluator at work with what a list needs.
type listed struct {
	*Evaluator
	keys *kpi.Keys
}

func (l listed) list(t *rapid.T, q kpi.CaseQuery) []kpi.CaseRow {
	q.Text = func(key uint32) string { return l.keys.Text("caseId", key) }
	list, err := l.Cases(q)
	if err != nil {
		t.Fatal(err)
	}
	return list()
}

// work feeds a scenario, with lists asked for before its end, so that the board
// has to be kept up to date.
func work(t *rapid.T, s scenario) listed {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	l := listed{s.new(), kpi.NewKeys()}
	half := r.IntN(len(s.events) + 1)
	feed(l.Evaluator, l.keys, r, s.events[:half])
	if rapid.Bool().Draw(t, "listed early") {
		l.list(t, kpi.CaseQuery{At: base, Limit: 10, Select: kpi.AllCases})
	}
	if rapid.Bool().Draw(t, "restart") {
		data := l.AppendBinary(nil)
		l.Evaluator = s.new()
		l.Restore(bin.NewReader(data))
	}
	feed(l.Evaluator, l.keys, r, s.events[half:])
	return l
}

func id(caseID, goal string) string { return caseID + " " + goal }

func TestListsWhatTheReferenceHas(t *testing.T) {
	all := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t, all)
		l := work(t, s)
		at := base + minute*rapid.Int64Range(401, 700).Draw(t, "at")
		now := look(s.spec, all, s.events, at)
		last := map[string]*refCycle{}
		for _, c := range now.cycles {
			if o := last[id(c.caseID, c.goal)]; o == nil || o.no < c.no {
				last[id(c.caseID, c.goal)] = c
			}
		}
		tags := map[string]string{}
		if rapid.Bool().Draw(t, "filter") {
			tags["queue"] = "a"
			maps.DeleteFunc(last, func(_ string, c *refCycle) bool { return c.tags["queue"] != "a" })
		}
		q := kpi.CaseQuery{At: at, Select: kpi.AllCases, Order: rapid.SampledFrom([]kpi.CaseOrder{kpi.NextBreach, kpi.ByAge}).Draw(t, "order"), Tags: tags, Limit: 1000}
		rows := l.list(t, q)
		if len(rows) != len(last) {
			t.Fatalf("%d rows, want %d", len(rows), len(last))
		}
		for _, r := range rows {
			c := last[id(r.CaseID, r.Goal)]
			if want := now.row(c, at); fmt.Sprint(show(r)) != want {
				t.Fatalf("%s:\n got %s\nwant %s", r.CaseID, show(r), want)
			}
		}
		if !slices.IsSortedFunc(rows, func(a, b kpi.CaseRow) int { return l.order(q, a) - l.order(q, b) }) {
			t.Fatalf("out of order: %v", rows)
		}
		open := func(r kpi.CaseRow) bool { return r.Ended == nil }
		atRisk := func(r kpi.CaseRow) bool { return r.State == kpi.CaseAtRisk }
		l.holds(t, q, rows)
		q.Select = kpi.OpenCases
		l.holds(t, q, filter(rows, open))
		q.State = kpi.CaseAtRisk
		l.holds(t, q, filter(rows, atRisk))
		q.State = kpi.CaseBreached
		l.holds(t, q, filter(rows, func(r kpi.CaseRow) bool { return r.State == kpi.CaseBreached }))
		q.Select, q.State = kpi.ClosedCases, ""
		l.holds(t, q, filter(rows, func(r kpi.CaseRow) bool { return !open(r) }))
	})
}

// A list is made beside events that come, and shows nothing of them.
func TestAListIsOfTheMomentItWasAskedFor(t *testing.T) {
	all := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t, all)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		l, half := listed{s.new(), kpi.NewKeys()}, r.IntN(len(s.events)+1)
		feed(l.Evaluator, l.keys, r, s.events[:half])
		q := kpi.CaseQuery{
			At: base + minute*rapid.Int64Range(0, 700).Draw(t, "at"), Limit: rapid.IntRange(1, 20).Draw(t, "limit"),
			Select: rapid.SampledFrom([]kpi.CaseSelection{kpi.OpenCases, kpi.ClosedCases, kpi.AllCases}).Draw(t, "select"),
			State:  rapid.SampledFrom([]kpi.CaseState{"", kpi.CaseBreached}).Draw(t, "state"),
			Order:  kpi.NextBreach, Text: func(key uint32) string { return l.keys.Text("caseId", key) },
		}
		want := l.list(t, q)
		list, err := l.Cases(q)
		if err != nil {
			t.Fatal(err)
		}
		var events sync.WaitGroup
		events.Go(func() { feed(l.Evaluator, l.keys, r, s.events[half:]) })
		got := list()
		events.Wait()
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%v\nwant\n%v", got, want)
		}
	})
}

func filter(rows []kpi.CaseRow, keep func(kpi.CaseRow) bool) []kpi.CaseRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r kpi.CaseRow) bool { return !keep(r) })
}

// holds that a list read in pages is these rows.
func (l listed) holds(t *rapid.T, q kpi.CaseQuery, rows []kpi.CaseRow) {
	var paged []string
	q.Limit = rapid.IntRange(1, 4).Draw(t, "page")
	for {
		page := l.list(t, q)
		for _, r := range page {
			paged = append(paged, show(r))
		}
		if len(page) < q.Limit {
			break
		}
		after, err := kpi.ParseCaseCursor(page[len(page)-1].Cursor.String())
		if err != nil {
			t.Fatal(err)
		}
		q.After = &after
	}
	var want []string
	for _, r := range rows {
		want = append(want, show(r))
	}
	if !slices.Equal(paged, want) {
		t.Fatalf("in pages:\n%v\nwant\n%v", paged, want)
	}
}

func show(r kpi.CaseRow) string {
	number := func(p *int64) string {
		if p == nil {
			return "-"
		}
		return fmt.Sprint(*p)
	}
	met := "-"
	if r.Met != nil {
		met = fmt.Sprint(*r.Met)
	}
	return fmt.Sprint(r.CaseID, " ", r.Goal, " ", r.State, " ", r.Opened, " ", number(r.Ended), " ", number(r.RemainingMs), " ", number(r.OverrunMs), " ", met, " ", r.Tags)
}

// row is what the reference would show.
func (r *reference) row(c *refCycle, at int64) string {
	w := kpi.CaseRow{CaseID: c.caseID, Goal: c.goal, Opened: c.start, Ended: c.end, Tags: c.tags}
	calendar := r.calendars[r.spec.Calendar]
	for _, g := range r.spec.Goals {
		if g.Name == c.goal && g.Calendar != "" {
			calendar = r.calendars[g.Calendar]
		}
	}
	over := func(to int64) *int64 { return new(calendar.Between(*c.deadline, to).Milliseconds()) }
	switch {
	case c.cancelled:
		w.State = kpi.CaseCancelled
		if c.deadline != nil {
			w.Met, w.OverrunMs = new(false), over(*c.end)
			if *c.deadline == *c.end && !c.late {
				w.RemainingMs, w.OverrunMs = new(int64(0)), nil
			}
		}
	case c.end != nil && !c.bound:
		w.State = kpi.CaseClosed
	case c.end != nil:
		w.State, w.Met = kpi.CaseClosed, new(c.met())
		if c.met() {
			w.RemainingMs = new(c.spare)
		} else {
			w.OverrunMs = over(*c.end)
		}
	case !c.bound:
		w.State = kpi.CaseWithoutGoal
	case c.paused:
		w.State = kpi.CasePaused
		if c.rest < 0 {
			w.OverrunMs = new(-c.rest)
		} else {
			w.RemainingMs = new(c.rest)
		}
	case c.overdue():
		w.State, w.Met, w.OverrunMs = kpi.CaseBreached, new(false), over(at)
	default:
		w.State, w.RemainingMs = kpi.CaseOnTrack, new(c.rest)
		if c.atRisk || r.soon(c, at) {
			w.State = kpi.CaseAtRisk
		}
	}
	return show(w)
}

// order is the coarse order of a row: its class.
func (l listed) order(q kpi.CaseQuery, r kpi.CaseRow) int {
	switch {
	case r.Ended != nil:
		return 9
	case q.Order == kpi.ByAge:
		return 0
	}
	return map[kpi.CaseState]int{kpi.CaseBreached: 0, kpi.CaseAtRisk: 1, kpi.CaseOnTrack: 1, kpi.CasePaused: 2, kpi.CaseWithoutGoal: 3}[r.State]
}

func TestAccountsAddUp(t *testing.T) {
	all := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t, all)
		l := work(t, s)
		at := base + minute*rapid.Int64Range(1, 700).Draw(t, "at")
		now := look(s.spec, all, s.events, at)
		cycles := map[string]kpi.Cycle{}
		for c := range l.Cycles(0, base*2, at) {
			cycles[fmt.Sprint(id(l.keys.Text("caseId", c.Key), c.Goal), c.No)] = c
		}
		n := 0
		for key := range uint32(l.goals[0].cases.Len() + 1) {
			for _, a := range l.Account(key, at) {
				n++
				caseID := l.keys.Text("caseId", key)
				i := slices.IndexFunc(now.cycles, func(c *refCycle) bool { return c.caseID == caseID && c.goal == a.Goal && c.no == a.Cycle })
				if i < 0 {
					t.Fatalf("a cycle that is not there: %+v", a)
				}
				checkAccount(t, now.cycles[i], a, at)
				checkCycle(t, a, cycles[fmt.Sprint(id(caseID, a.Goal), a.Cycle)])
			}
		}
		if n != len(now.cycles) {
			t.Fatalf("%d accounts, want %d", n, len(now.cycles))
		}
	})
}

// checkAccount holds an account against the reference.
func checkAccount(t *rapid.T, c *refCycle, a kpi.CycleAccount, at int64) {
	t.Helper()
	want := kpi.CyclePending
	switch {
	case !c.bound || c.cancelled && c.deadline == nil:
		want = kpi.CycleExcluded
	case c.cancelled:
		want = kpi.CycleMissed
	case c.end != nil && c.met():
		want = kpi.CycleMet
	case c.end != nil || c.overdue():
		want = kpi.CycleMissed
	}
	used, to := c.took, at
	if c.end == nil {
		used = c.used
	} else {
		to = *c.end
	}
	if a.Verdict != want || a.Start != c.start || a.UsedMs != used || (a.End == nil) != (c.end == nil) {
		t.Fatalf("account %+v, want %s, used %d, of %+v", a, want, used, c)
	}
	from, counted := a.Start, int64(0)
	for _, s := range a.Spans {
		if s.From != from || s.To <= s.From {
			t.Fatalf("a gap in %+v", a.Spans)
		}
		from, counted = s.To, counted+s.CountedMs
		if s.State == kpi.ClockOverdue && a.Verdict != kpi.CycleMissed {
			t.Fatalf("overdue and %s: %+v", a.Verdict, a)
		}
	}
	if from != to && to > a.Start || counted != used {
		t.Fatalf("spans %+v of %+v count %d until %d, want %d until %d", a.Spans, a, counted, from, used, to)
	}
	if c.bound && len(a.Targets) == 0 {
		t.Fatal("an account without a target")
	}
}

// checkCycle holds what a comparison would see against the account.
func checkCycle(t *rapid.T, a kpi.CycleAccount, c kpi.Cycle) {
	t.Helper()
	if a.End == nil && a.Deadline == nil {
		return
	}
	if c.Verdict != a.Verdict || c.Start != a.Start || c.Ended != (a.End != nil) || c.Ended && c.End != *a.End ||
		a.Verdict != kpi.CycleExcluded && (!c.Bound || c.Deadline != *a.Deadline) {
		t.Fatalf("cycle %+v, account %+v", c, a)
	}
}
