package demo

import (
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

var start = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

func config(seed uint64) Config {
	return Config{Seed: seed, Start: start, Speed: 60, History: 6 * time.Hour}
}

// play collects what happens until so much office time after the start.
func play(c Config, until time.Duration) []Item {
	o := New(c)
	var items []Item
	for {
		item := o.Next()
		if o.now > until {
			return items
		}
		items = append(items, item)
	}
}

func TestSameSeedAndStartGiveTheSameEvents(t *testing.T) {
	same := func(a, b Item) bool {
		return a.Note == b.Note && a.Time == b.Time && a.Event.ID == b.Event.ID && a.Event.Metric == b.Event.Metric &&
			a.Event.Value == b.Event.Value && slices.Equal(a.Event.Tags, b.Event.Tags)
	}
	first, second := play(config(7), 3*time.Hour), play(config(7), 3*time.Hour)
	if !slices.EqualFunc(first, second, same) {
		t.Error("two runs of one seed differ")
	}
	if slices.EqualFunc(first, play(config(8), 3*time.Hour), same) {
		t.Error("another seed gave the same events")
	}
}

func TestEveryEventIsWellFormedAndInOrder(t *testing.T) {
	for seed, speed := range []float64{1, 60, 60, 1000} {
		c := config(uint64(seed))
		c.Speed = speed
		ids := make(map[string]bool)
		last := int64(0)
		for _, item := range play(c, 4*time.Hour) {
			if item.Time < last {
				t.Fatalf("time went back from %d to %d", last, item.Time)
			}
			last = item.Time
			if item.Note != "" {
				continue
			}
			e := item.Event
			if e.Time != item.Time || e.Source != Source || ids[e.ID] {
				t.Fatalf("bad or repeated event: %+v", e)
			}
			ids[e.ID] = true
			for _, tag := range e.Tags {
				if tag.Value == "" {
					t.Fatalf("empty tag %s in %+v", tag.Key, e)
				}
			}
		}
	}
}

// A case is opened once, and what happens to it happens between its opening
// and its end.
func TestCasesHaveALifeInOrder(t *testing.T) {
	state := make(map[string]string)
	for _, item := range play(config(3), 24*time.Hour) {
		id, ok := item.Event.Tag("caseId")
		if !ok {
			continue
		}
		before := state[id]
		switch metric := item.Event.Metric; metric {
		case "case.opened":
			if before != "" {
				t.Fatalf("%s opened while %s", id, before)
			}
			state[id] = "open"
		case "case.resolved", "case.cancelled":
			if before != "open" {
				t.Fatalf("%s: %s while %q", id, metric, before)
			}
			state[id] = "ended"
		case "case.reopened":
			if before != "ended" {
				t.Fatalf("%s reopened while %q", id, before)
			}
			state[id] = "open"
		default:
			if before == "" {
				t.Fatalf("%s: %s before it was opened", id, metric)
			}
		}
	}
}

// The default threshold of case.resolved.rate (warning below 5, critical below
// 2) must fire in every incident, recover soon after, and be quiet otherwise.
func TestTheRateFallsInAnIncidentAndOnlyThen(t *testing.T) {
	for seed := range uint64(5) {
		o := New(config(seed))
		var lowest float64
		incidents, quietFrom := 0, time.Duration(-1<<62)
		for o.now < 30*time.Hour {
			item := o.Next()
			switch {
			case item.Note != "" && o.incident:
				incidents++
				lowest = 1000
			case item.Note != "":
				quietFrom = o.now + 20*time.Minute
				if lowest >= 2 {
					t.Fatalf("incident %d: the rate never fell below %v", incidents, lowest)
				}
			case item.Event.Metric != "case.resolved.rate":
			case o.incident:
				lowest = min(lowest, item.Event.Value)
			case o.now > quietFrom && item.Event.Value < 5:
				t.Fatalf("%v cases an hour at %s without an incident", item.Event.Value, officeClock(o.now).Format("15:04"))
			}
		}
		if incidents < 4 {
			t.Fatalf("%d incidents in 30 hours", incidents)
		}
	}
}

func TestCallersWaitLongerInAnIncident(t *testing.T) {
	o := New(config(1))
	var waits, waitsThen, answered, answeredThen float64
	for o.now < 48*time.Hour {
		item := o.Next()
		if item.Event.Metric != "call.answered" {
			continue
		}
		if o.incident {
			waitsThen += item.Event.Value
			answeredThen++
		} else {
			waits += item.Event.Value
			answered++
		}
	}
	if waitsThen/answeredThen < 2*waits/answered {
		t.Errorf("mean wait %.0f s in incidents, %.0f s otherwise", waitsThen/answeredThen, waits/answered)
	}
}

func TestTheVocabularyOccurs(t *testing.T) {
	seen := make(map[string]bool)
	for _, item := range play(config(5), 24*time.Hour) {
		seen[item.Event.Metric] = true
	}
	for _, metric := range []string{
		"case.opened", "case.cancelled", "case.assigned", "case.paused", "case.resumed", "case.priority_changed",
		"case.responded", "case.resolved", "case.reopened", "case.edited", "case.resolved.rate",
		"presence.started", "presence.beat", "presence.ended", "edit.started", "edit.discarded", "edit.rejected",
		"conflict.cleared", "survey.sent", "survey.answered", "call.offered", "call.answered", "call.abandoned", "backlog.reported",
	} {
		if !seen[metric] {
			t.Errorf("%s never happened in a day", metric)
		}
	}
}

func TestDueAtIsAheadInEventTime(t *testing.T) {
	for _, item := range play(config(2), time.Hour) {
		if due, ok := item.Event.Tag("dueAt"); ok {
			at, err := time.Parse(time.RFC3339, due)
			if err != nil || !at.After(event.Time(item.Time)) {
				t.Fatalf("dueAt %q of an event at %s", due, event.Time(item.Time))
			}
		}
	}
}
