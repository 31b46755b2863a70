package detect

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
)

const conflicts = `
kpis:
  - {name: conflicts, type: conflict, by: [office]}
`

// edited is a case saved by two agents a minute apart, which is a conflict by
// proxy, or by one.
func edited(id string, at int64, agents int) (all []event.Event) {
	for i := range agents {
		all = append(all, point("case.edited", 1, at+int64(i)*minute, "caseId", id, "agentId", fmt.Sprint("a", i), "office", "north"))
	}
	return all
}

func TestSpikeOfConflicts(t *testing.T) {
	b := newBench(t, nil, conflicts)
	now := monday + 7*days
	for h := range int64(7 * 24) { // 10 cases an hour, one conflict in each second hour
		for i := range int64(10) {
			agents := 1
			if i == 0 && h%2 == 0 {
				agents = 2
			}
			b.give(edited(fmt.Sprint(h, "-", i), monday+h*hour+i*5*minute, agents)...)
		}
	}
	g := b.detector(`{name: spike, type: conflict_spike, kpi: conflicts, every: 1m}`)
	share := b.detector(`{name: share, type: conflict_spike, kpi: conflicts, every: 1m, measure: rate}`)
	if all := evaluate(t, g, now); len(all) != 0 {
		t.Fatalf("in quiet times %+v", all)
	}
	for i := range int64(6) {
		b.give(edited(fmt.Sprint("now-", i), now+i*5*minute, 2)...)
	}
	// About 0.5 expected an hour: 4 or more are by chance with 0.18 %, 5 with 0.02 %.
	want := map[int64]int{now + 10*minute: 0, now + 19*minute: 0, now + 22*minute: 1, now + 40*minute: 1, now + 2*hour: 0}
	for at := now; at <= now+2*hour; at += minute {
		all := evaluate(t, g, at)
		if n, ok := want[at]; ok && len(all) != n {
			t.Errorf("%d minutes later %+v", (at-now)/minute, all)
		}
		if at == now+40*minute && len(all) == 1 {
			var e struct {
				Figures SpikeFigures
				Values  [][3]float64
			}
			if err := json.Unmarshal(all[0].Evidence, &e); err != nil {
				t.Fatal(err)
			}
			if all[0].Value != 6 || all[0].Since != now+22*minute || e.Figures.Limit != 5 || e.Figures.Expected < 0.49 || e.Figures.Expected > 0.51 || len(e.Values) != 167 ||
				!strings.HasPrefix(all[0].Condition, "6 conflicts within 1h against 0.5 expected from 7d before") {
				t.Errorf("%+v %+v", all[0], e.Figures)
			}
		}
	}
	// One conflict in 20 cases edited: 6 in 10 are many more.
	if all := evaluate(t, share, now+40*minute); len(all) != 1 || all[0].N < 6 {
		t.Errorf("%+v", all)
	}
}

func TestConflictsThatStayOpen(t *testing.T) {
	b := newBench(t, nil, `
kpis:
  - {name: conflicts, type: conflict, level: L3}
`)
	save := func(at int64, agent, version, base string) event.Event {
		return point("case.edited", 1, at, "caseId", "A", "agentId", agent, "version", version, "baseVersion", base)
	}
	b.give(save(monday, "a", "1", "0"), save(monday+minute, "b", "2", "0"))
	g := b.detector(`{name: open, type: conflict_spike, kpi: conflicts, longer_than: 1h, every: 1m}`)
	if all := evaluate(t, g, monday+61*minute); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	all := evaluate(t, g, monday+90*minute)
	if len(all) != 1 || all[0].Value != 1 || all[0].Condition != "1 open for longer than 1h, the oldest on case A for 1h 29m" || all[0].Since != monday+61*minute+1 {
		t.Errorf("%+v", all)
	}
	b.give(point("conflict.cleared", 1, monday+91*minute, "caseId", "A"))
	if all := evaluate(t, g, monday+92*minute); len(all) != 0 {
		t.Errorf("once cleared %+v", all)
	}
}
