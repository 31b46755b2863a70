package calls

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// reference counts from the events alone, one call after the other; it answers
// with what figures says of each group.
func reference(events []event.Event, q kpi.Query) map[string]*Figures {
	calls := map[string][]event.Event{}
	for i, e := range events {
		if e.Time >= q.At || !strings.HasPrefix(e.Metric, "call.") {
			continue
		}
		key, _ := e.Tag("callId")
		if key == "" {
			key = fmt.Sprint("row ", i)
		}
		calls[key] = append(calls[key], e)
	}
	groups := map[string]*Figures{}
	at := func(t int64, queue, agent string, count func(f *Figures)) {
		if t < q.From {
			return
		}
		name := "group"
		for _, i := range q.By {
			name += "/" + []string{queue, agent}[i]
		}
		for _, g := range []string{"total", name} {
			if groups[g] == nil {
				groups[g] = &Figures{}
			}
			count(groups[g])
		}
	}
	for key, all := range calls {
		one(all, strings.HasPrefix(key, "row "), at)
	}
	return groups
}

func one(all []event.Event, alone bool, count func(t int64, queue, agent string, count func(f *Figures))) {
	slices.SortFunc(all, func(a, b event.Event) int {
		order := map[string]int{"call.offered": 0, "call.answered": 1, "call.abandoned": 2}
		if a.Metric == "call.offered" {
			a.Value = 0
		}
		if b.Metric == "call.offered" {
			b.Value = 0
		}
		aq, aa := tags(a)
		bq, ba := tags(b)
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(order[a.Metric], order[b.Metric]), cmp.Compare(max(a.Value, -1), max(b.Value, -1)), cmp.Compare(aq, bq), cmp.Compare(aa, ba))
	})
	var offer *event.Event
	over := false
	for _, e := range all {
		queue, agent := tags(e)
		if e.Metric == "call.offered" {
			offer, over = &e, false
			count(e.Time, queue, agent, func(f *Figures) { f.Offered++ })
			continue
		}
		if offer == nil {
			offer = &e
			if !alone {
				count(e.Time, queue, agent, func(f *Figures) { f.Unmatched++; f.Offered++ })
			}
		}
		offerQueue, offerAgent := tags(*offer)
		queue, agent = cmp.Or(offerQueue, queue), cmp.Or(offerAgent, agent)
		if over {
			count(e.Time, queue, agent, func(f *Figures) { f.Repeated++ })
			continue
		}
		over = true
		count(offer.Time, offerQueue, offerAgent, func(f *Figures) { f.end(e) })
		if e.Value < 0 {
			count(e.Time, queue, agent, func(f *Figures) { f.Invalid++ })
		} else if e.Metric == "call.answered" {
			count(e.Time, queue, agent, func(f *Figures) { f.Waits.N += int64(e.Value * 1000) })
		}
	}
}

func tags(e event.Event) (queue, agent string) {
	queue, _ = e.Tag("queue")
	agent, _ = e.Tag("agentId")
	return queue, agent
}

func (f *Figures) end(e event.Event) {
	if e.Metric == "call.answered" {
		f.Answered++
		if e.Value >= 0 && e.Value <= 20 {
			f.AnsweredWithin++
		}
		return
	}
	f.Abandoned++
	if e.Value >= 0 && e.Value <= 5 {
		f.ShortAbandoned++
	}
}
