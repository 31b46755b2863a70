package sla

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// The slow, obvious way: each case is lived through minute by minute. All
// instants of the tests are whole minutes, and so are targets and their shares.

const minute = 60_000

// refCycle is what became of one cycle, as far as was known just before at.
type refCycle struct {
	caseID, goal string
	no           int
	start        int64
	bound        bool
	deadline     *int64 // where it was reached before at
	late         bool
	end          *int64
	cancelled    bool
	paused       bool
	atRisk       bool  // by the share of the target that is left
	rest         int64 // of the target, at the end
	used, took   int64
	spare        int64 // open time between the end and the deadline
	tags         map[string]string
}

func (c *refCycle) open() bool { return c.end == nil }

// met: not later than the deadline; a deadline not reached by then is no matter.
func (c *refCycle) met() bool {
	return !c.late && (c.deadline == nil || *c.end <= *c.deadline)
}

func (c *refCycle) overdue() bool { return c.bound && c.deadline != nil && !c.paused }

type refCount struct {
	at   int64
	tags map[string]string
	goal string
}

type reference struct {
	spec                *Spec
	calendars           map[string]*calendar.Calendar
	cycles              []*refCycle
	unmatched, repeated []refCount
}

// look lives through all cases up to at.
func look(spec *Spec, calendars map[string]*calendar.Calendar, events []event.Event, at int64) *reference {
	r := &reference{spec: spec, calendars: calendars}
	byCase := map[string][]event.Event{}
	for _, e := range events {
		if id, _ := e.Tag(spec.Key); id != "" && e.Time < at {
			byCase[id] = append(byCase[id], e)
		}
	}
	for id, events := range byCase {
		for _, goal := range spec.terms() {
			l := life{reference: r, id: id, goal: goal, at: at}
			l.live(slices.Clone(events))
		}
	}
	return r
}

// life is one case under one goal.
type life struct {
	*reference
	id    string
	goal  Goal
	at    int64
	value string
	// c is the latest cycle; deadline and risked say when it reached them.
	c        *refCycle
	n        int
	due      *int64 // given, and good to the letter
	given    bool
	target   int64
	pausedAt int64
	reached  *int64
	risked   bool
	ownTags  map[string]string
	previous map[string]string
}

var instantOrder = []string{"start", "change", "pause", "resume", "stop", "cancel", "reopen"}

func (l *life) means(metric string) string {
	for _, r := range l.spec.roles(&l.goal) {
		if r.metric == metric {
			return r.key
		}
	}
	return ""
}

func (l *life) live(events []event.Event) {
	events = slices.DeleteFunc(events, func(e event.Event) bool { return l.means(e.Metric) == "" })
	if len(events) == 0 {
		return
	}
	text := func(e event.Event, key string) string { v, _ := e.Tag(key); return v }
	// Of several equal events of one instant the content decides, in some fixed
	// way: deadline, group tags, value of the target's tag.
	slices.SortStableFunc(events, func(a, b event.Event) int {
		due := func(e event.Event) int64 { return packDue(e.Time, text(e, l.goal.DueTag)) }
		who := func(e event.Event) string {
			switch l.means(e.Metric) {
			case "start", "reopen":
				return text(e, l.goal.Target.Tag)
			case "change":
				return text(e, toTag)
			}
			return ""
		}
		isStart := func(e event.Event) bool { m := l.means(e.Metric); return m == "start" || m == "reopen" }
		c := cmp.Or(cmp.Compare(a.Time, b.Time),
			cmp.Compare(slices.Index(instantOrder, l.means(a.Metric)), slices.Index(instantOrder, l.means(b.Metric))))
		if c == 0 && isStart(a) {
			c = cmp.Compare(due(a), due(b))
		}
		return cmp.Or(c, cmp.Compare(text(a, "office"), text(b, "office")), cmp.Compare(text(a, "queue"), text(b, "queue")), cmp.Compare(who(a), who(b)))
	})
	calendar := l.calendars[l.goal.Calendar]
	for x := events[0].Time; x < l.at; x += minute {
		l.reachOpen(x)
		for len(events) > 0 && events[0].Time == x {
			l.event(events[0])
			l.reachOpen(x)
			events = events[1:]
		}
		if l.c != nil && l.c.open() && !l.c.paused && calendar.Between(x, x+minute) > 0 {
			l.c.used += minute
		}
	}
	if l.c != nil {
		l.c.rest = l.target - l.c.used
		if l.due != nil && !l.c.paused {
			l.c.rest = calendar.Between(l.at, *l.due).Milliseconds()
		}
		// It may have come to be at risk within the last minute.
		if l.c.open() && l.c.bound && !l.c.paused && l.c.deadline == nil && float64(l.c.rest) < l.spec.AtRisk*float64(l.target) {
			l.c.atRisk = true
		}
	}
}

// runOut lets the clock of a cycle that was stopped at x run on, to see when it
// would have been due.
func (l *life) runOut(x int64) {
	for ; x < l.at && l.c.bound && l.reached == nil; x += minute {
		l.reach(x)
		if l.calendars[l.goal.Calendar].Between(x, x+minute) > 0 {
			l.c.used += minute
		}
	}
}

func (l *life) reachOpen(x int64) {
	if l.c != nil && l.c.open() {
		l.reach(x)
	}
}

// reach notes what is reached at x by the time that was used before.
func (l *life) reach(x int64) {
	c := l.c
	if !c.bound || c.paused {
		return
	}
	if !l.risked && c.open() && float64(l.target-c.used) <= l.spec.AtRisk*float64(l.target) {
		l.risked, c.atRisk = true, true
	}
	if l.reached == nil && (l.due == nil && c.used >= l.target || l.due != nil && *l.due <= x) {
		l.reached = new(x)
		c.deadline = l.reached
		c.late = l.due == nil && c.used > l.target || l.due != nil && *l.due < x
		c.atRisk = false
	}
}

// passed reports whether the deadline was before x.
func (l *life) passed(x int64) bool { return l.reached != nil && (*l.reached < x || l.c.late) }

func (l *life) event(e event.Event) {
	m, x := l.means(e.Metric), e.Time
	if to, _ := e.Tag(toTag); m == "change" && to != "" {
		l.value = to
	}
	if l.c == nil || !l.c.open() {
		switch m {
		case "start", "reopen":
			l.begin(e)
		case "stop":
			count := refCount{x, fill(tagsOf(e), l.previous), l.goal.Name}
			if l.c == nil {
				l.unmatched = append(l.unmatched, count)
			} else {
				l.repeated = append(l.repeated, count)
			}
		}
		return
	}
	c := l.c
	l.ownTags = fill(l.ownTags, tagsOf(e))
	c.tags = fill(l.ownTags, l.previous)
	switch m {
	case "start", "reopen":
		l.repeated = append(l.repeated, refCount{x, c.tags, l.goal.Name})
	case "change":
		if c.bound && !l.given && !l.passed(x) {
			if target := l.goal.Target.of(l.value); target != l.target {
				l.target, l.reached, c.deadline, l.risked, c.atRisk = target, nil, nil, false, false
			}
		}
	case "pause":
		if !c.paused && !l.passed(x) {
			c.paused, l.pausedAt = true, x
			l.reached, c.deadline, l.risked, c.atRisk = nil, nil, false, false
		}
	case "resume":
		l.resume(x)
	case "stop":
		l.resume(x)
		l.reach(x)
		c.end, c.took, c.spare = new(x), c.used, l.target-c.used
		if l.due != nil {
			c.spare = l.calendars[l.goal.Calendar].Between(x, *l.due).Milliseconds()
		}
		l.runOut(x)
		l.previous = c.tags
	case "cancel":
		c.end, c.cancelled, c.took = new(x), true, c.used
		l.previous = c.tags
	}
}

func (l *life) resume(x int64) {
	if l.c.paused {
		l.c.paused = false
		if x > l.pausedAt {
			l.due = nil
		}
	}
}

func (l *life) begin(e event.Event) {
	if v, _ := e.Tag(l.goal.Target.Tag); v != "" {
		l.value = v
	}
	l.n++
	l.ownTags = tagsOf(e)
	l.c = &refCycle{caseID: l.id, goal: l.goal.Name, no: l.n, start: e.Time, bound: true, tags: fill(l.ownTags, l.previous)}
	l.cycles = append(l.cycles, l.c)
	l.due, l.given, l.reached, l.risked = nil, false, nil, false
	text, _ := e.Tag(l.goal.DueTag)
	if ms, err := strconv.ParseInt(text, 10, 64); l.goal.DueTag != "" && err == nil {
		l.due, l.given = &ms, true
		l.target = l.calendars[l.goal.Calendar].Between(e.Time, ms).Milliseconds()
	} else if l.goal.Target.none() {
		l.c.bound = false
	} else {
		l.target = l.goal.Target.of(l.value)
	}
}

func tagsOf(e event.Event) map[string]string {
	tags := map[string]string{}
	for _, key := range []string{"office", "queue"} {
		if v, ok := e.Tag(key); ok {
			tags[key] = v
		}
	}
	return tags
}

func fill(tags, other map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, other)
	maps.Copy(all, tags)
	return all
}
