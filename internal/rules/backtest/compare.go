package backtest

import (
	"context"
	"fmt"
	"sort"
)

// Comparison is the difference to the rule now in force, over the same past.
type Comparison struct {
	// Same: the rule in force is this one.
	Same bool   `json:"same"`
	Text string `json:"text,omitempty"`

	Summary
	Receivers []Pages `json:"receivers,omitempty"`
	// Both and what follows compare how series stand at the end of each instant.
	// Both fire at the same time, in the same state, in so many firings of the
	// rule that was tried. Gained are its others, Lost those of the rule in force
	// in whose time it does not fire.
	Both        int      `json:"both"`
	GainedCount int      `json:"gainedCount"`
	LostCount   int      `json:"lostCount"`
	Gained      []Firing `json:"gained"`
	Lost        []Firing `json:"lost"`
}

// compare runs the rule in force over the same past, if there is one.
func (b *Backtester) compare(ctx context.Context, a *Answer, tried *recorder, r *rule, q Request) error {
	before, err := b.inForce(r)
	if err != nil || before == nil {
		if err != nil {
			a.Limits = append(a.Limits, fmt.Sprintf("it was not compared with the rule in force: %v", err))
		}
		return nil
	}
	defer before.end()
	old := tried
	same := before.text != "" && before.text == r.text
	if !same {
		q.To = tried.through
		if old, err = b.record(ctx, before, q); err != nil {
			return err
		}
		if old.cut {
			a.Limits = append(a.Limits, "the rule in force was not run through: the difference is that up to then")
		}
	}
	c := &Comparison{Same: same, Text: before.text, Summary: old.summary(), Receivers: old.pages(b.o.Receivers)}
	now, then := lasting(tried.done), lasting(old.done)
	gained, lost := without(now, then), without(then, now)
	c.Both, c.GainedCount, c.LostCount = len(now)-len(gained), len(gained), len(lost)
	c.Gained, c.Lost = listed(gained, q.List), listed(lost, q.List)
	a.InForce = c
	return nil
}

// place is a series, whatever its rule is called, and a state.
type place struct{ tags, state string }

func placeOf(f *Firing) place { return place{fmt.Sprint(f.Tags), string(f.State)} }

// lasting are the firings that a millisecond left behind: where several events are
// of one instant, what counts is how a series stands at its end.
func lasting(all []*Firing) (some []*Firing) {
	for _, f := range all {
		if f.ResolvedAt == nil || *f.ResolvedAt > f.FiredAt {
			some = append(some, f)
		}
	}
	return some
}

// without are the firings during none of which another rule fired in the same
// series and state.
func without(all, other []*Firing) (alone []*Firing) {
	at := map[place][]*Firing{} // in the order of their time
	for _, f := range other {
		at[placeOf(f)] = append(at[placeOf(f)], f)
	}
	for _, f := range all {
		// The firings of one series in one state follow each other: of those that
		// end after f began the first is the one to look at.
		there := at[placeOf(f)]
		i := sort.Search(len(there), func(i int) bool { return there[i].ResolvedAt == nil || *there[i].ResolvedAt > f.FiredAt })
		if i == len(there) || f.ResolvedAt != nil && there[i].FiredAt >= *f.ResolvedAt {
			alone = append(alone, f)
		}
	}
	return alone
}
