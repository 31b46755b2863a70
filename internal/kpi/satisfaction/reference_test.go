package satisfaction

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// counted is what the slow reference counts for one group.
type counted struct {
	sent, keyed, responded, invalid int64
	scores                          map[int]int64
}

// reading is one event as the reference reads it.
type reading struct {
	event.Event
	kind uint8
	key  string
	tags [2]string // of By, "=text" where there is one
}

// reference counts from the events alone: those before q.At, in order, one
// survey after the other. The first series of the answer is the total.
func reference(events []event.Event, by []string, q kpi.Query, in instrument, name string) map[string]*counted {
	surveys := map[string][]reading{}
	for i, e := range events {
		if tag, _ := e.Tag("instrument"); e.Time >= q.At || tag != "" && tag != name {
			continue
		}
		r := reading{Event: e}
		r.key, _ = e.Tag("surveyId")
		for i, tag := range by {
			if text, ok := e.Tag(tag); ok {
				r.tags[i] = "=" + text
			}
		}
		switch e.Metric {
		case "survey.sent":
			r.kind, r.Value = sent, 0
		case "survey.answered":
			r.kind = answered
			if e.Value != math.Trunc(e.Value) || e.Value < float64(in.low) || e.Value > float64(in.high) {
				r.kind, r.Value = invalid, 0
			}
		default:
			continue
		}
		name := "key " + r.key
		if r.key == "" {
			name = "row " + string(rune(i))
		}
		surveys[name] = append(surveys[name], r)
	}
	c := &counting{q: q, groups: map[string]*counted{}}
	for _, s := range surveys {
		c.survey(s)
	}
	return c.groups
}

type counting struct {
	q      kpi.Query
	groups map[string]*counted
}

// at gives the places to count in for an event at t: the total and its group;
// none outside the window.
func (c *counting) at(t int64, tags [2]string) (all []*counted) {
	if t < c.q.From || t >= c.q.At {
		return nil
	}
	group := "group"
	for _, i := range c.q.By {
		group += "/" + strings.TrimPrefix(tags[i], "=")
	}
	for _, g := range []string{"total", group} {
		if c.groups[g] == nil {
			c.groups[g] = &counted{scores: map[int]int64{}}
		}
		all = append(all, c.groups[g])
	}
	return all
}

func (c *counting) survey(all []reading) {
	slices.SortFunc(all, func(a, b reading) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.kind, b.kind), cmp.Compare(a.Value, b.Value),
			cmp.Compare(a.tags[0], b.tags[0]), cmp.Compare(a.tags[1], b.tags[1]))
	})
	var tags [2]string
	var first, last *reading
	for _, r := range all {
		switch r.kind {
		case sent:
			tags = fill(tags, r.tags)
			if first == nil {
				first = &r
			}
		case answered:
			r.tags = fill(r.tags, tags)
			last = &r
		case invalid:
			for _, g := range c.at(r.Time, fill(r.tags, tags)) {
				g.invalid++
			}
		}
	}
	if first != nil {
		for _, g := range c.at(first.Time, first.tags) {
			g.sent++
			if first.key != "" {
				g.keyed++
				if last != nil {
					g.responded++
				}
			}
		}
	}
	if last != nil {
		for _, g := range c.at(last.Time, last.tags) {
			g.scores[int(last.Value)]++
		}
	}
}

// fill is a with what it lacks from b.
func fill(a, b [2]string) [2]string {
	for i := range a {
		if a[i] == "" {
			a[i] = b[i]
		}
	}
	return a
}
