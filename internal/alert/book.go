package alert

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// maxStanding bounds the series of the book; beyond it new ones are refused
// until others recover.
const maxStanding = 100_000

// RuleID names a rule that is not a threshold.
type RuleID struct{ Kind, Rule string }

// book tells how the series of rules other than thresholds stand, as the log
// has told: those that are not ok.
type book struct {
	standing map[string]Transition
	refused  uint64
}

// changes reports whether t is a change of how its series stands; if so t has
// its Previous.
func (b *book) changes(t *Transition, key string) bool {
	was, stands := b.standing[key]
	if !stands {
		was.State = OK
	}
	if was.State == t.State && (t.State == OK || !confirms(t, was)) {
		return false
	}
	if !stands && len(b.standing) >= maxStanding {
		b.refused++
		return false
	}
	t.Previous = was.State
	return true
}

// confirms reports whether late events can no longer take back what they could.
// The contrary is no change: a rule that has been started anew does not know
// what it knew before.
func confirms(t *Transition, was Transition) bool { return was.Provisional && !t.Provisional }

func (b *book) note(t *Transition, key string) {
	if t.State == OK {
		delete(b.standing, key)
		return
	}
	if b.standing == nil {
		b.standing = map[string]Transition{}
	}
	b.standing[key] = *t
}

// Found takes in what rules other than thresholds found, and gives what of it
// is a change, at the position reached.
func (e *Engine) Found(all []Transition, received int64) []Transition {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heed(received)
	var changes []Transition
	for _, t := range all {
		slices.SortFunc(t.Tags, func(x, y event.Tag) int { return cmp.Compare(x.Key, y.Key) })
		key := t.SeriesKey()
		if !e.book.changes(&t, key) {
			continue
		}
		t.Position, t.At = e.nextPosition(), e.clock
		e.book.note(&t, key)
		changes = append(changes, t)
	}
	return changes
}

// Differences compares what was found of rules, every series that is not ok,
// with how their series stand, and gives what Found would change: recoveries,
// too. A series is judged at the instant at.
func (e *Engine) Differences(rules []RuleID, found []Transition, at int64) []Transition {
	e.mu.Lock()
	defer e.mu.Unlock()
	var changes []Transition
	seen := make(map[string]bool, len(found))
	for _, t := range found {
		key := t.SeriesKey()
		seen[key] = true
		if was, stands := e.book.standing[key]; !stands || was.State != t.State || confirms(&t, was) {
			changes = append(changes, t)
		}
	}
	if len(e.book.standing) == 0 {
		return changes
	}
	for key, was := range e.book.standing {
		if !seen[key] && slices.Contains(rules, RuleID{was.Kind, was.Rule}) {
			was.State, was.Since, was.Timestamp, was.Provisional = OK, at, at, false
			changes = append(changes, was)
		}
	}
	slices.SortStableFunc(changes, func(x, y Transition) int { return cmp.Compare(x.SeriesKey(), y.SeriesKey()) })
	return changes
}

// Standing lists the series of rules other than thresholds that are not ok.
func (e *Engine) Standing() []Transition {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.book.list()
}

// list is ordered by series.
func (b *book) list() []Transition {
	all := make([]Transition, 0, len(b.standing))
	for _, key := range slices.Sorted(maps.Keys(b.standing)) {
		all = append(all, b.standing[key])
	}
	return all
}

// restored is the book of a list.
func restored(all []Transition) (b book) {
	for i := range all {
		b.note(&all[i], all[i].SeriesKey())
	}
	return b
}
