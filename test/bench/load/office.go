package load

import (
	"fmt"
	"math/rand/v2"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Office makes the events of a year of cases: what the default KPIs count, in
// the proportions of a hotline. The same case always has the same events.
type Office struct {
	// Cases are spread evenly over [From, To), in ms.
	Cases    int
	From, To int64
}

var (
	branches    = [...]string{"north", "south", "east", "west", "harbor", "airport", "center", "hills"}
	desks       = [...]string{"permits", "appeals", "inspections", "fees"}
	minute      = int64(60_000)
	instruments = [...]string{"nps", "stars5", "csat5", "ces7"}
	highest     = map[string]int{"nps": 10, "stars5": 5, "csat5": 5, "ces7": 7}
)

// Case appends the events of case i, in order of time.
func (o Office) Case(i int, events []event.Event) []event.Event {
	random := rand.New(rand.NewPCG(uint64(i), 7)) //nolint:gosec // the same each time
	t := o.From + int64(float64(o.To-o.From)*float64(i)/float64(o.Cases))
	id := fmt.Sprintf("C-%08d", i)
	agent := fmt.Sprintf("agent-%d", random.IntN(200))
	place := []event.Tag{{Key: "office", Value: branches[random.IntN(len(branches))]}, {Key: "queue", Value: desks[random.IntN(len(desks))]}}
	add := func(metric string, value float64, tags ...event.Tag) {
		events = append(events, event.Event{Metric: metric, Value: value, Time: t, Tags: append(append([]event.Tag{{Key: "caseId", Value: id}}, place...), tags...)})
	}
	by := event.Tag{Key: "agentId", Value: agent}
	add("case.opened", 1)
	t += random.Int64N(60) * minute
	add("case.assigned", 1, by)
	t += random.Int64N(120) * minute
	add("case.responded", 1, by)
	if random.IntN(10) == 0 {
		add("case.paused", 1)
		t += random.Int64N(2000) * minute
		add("case.resumed", 1)
	}
	t += random.Int64N(1000) * minute
	add("case.edited", 1, by)
	if random.IntN(20) == 0 {
		t += random.Int64N(30) * minute
		add("case.edited", 1, event.Tag{Key: "agentId", Value: fmt.Sprintf("agent-%d", random.IntN(200))})
	}
	if random.IntN(20) == 0 {
		return events // still open
	}
	t += random.Int64N(3000) * minute
	add("case.resolved", 1, by)
	if random.IntN(5) == 0 {
		instrument := instruments[random.IntN(len(instruments))]
		survey := []event.Tag{{Key: "surveyId", Value: "S-" + id}, {Key: "instrument", Value: instrument}}
		add("survey.sent", 1, survey...)
		if random.IntN(3) == 0 {
			t += random.Int64N(3000) * minute
			add("survey.answered", float64(1+random.IntN(highest[instrument])), survey...)
		}
	}
	return events
}
