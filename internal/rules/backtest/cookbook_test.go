package backtest

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

const cookbooksKPIs = `
kpis:
  - {name: cases.opened.per.day, type: throughput, event: case.opened, per: 1d, window: 24h, by: [office]}
  - {name: case.sla, type: sla, due_tag: dueAt, objective: 0.8, window: 7d, by: [office]}
  - {name: case.backlog, type: backlog, window: 24h, by: [office]}
`

// What docs/cookbook.md says of half a year of Boston is what comes out, where the
// KPI needs no tags beyond those of these tests: at risk goes by the queue as well.
func TestTheCookbooksNumbers(t *testing.T) {
	text, err := os.ReadFile("../../../docs/cookbook.md")
	if err != nil {
		t.Fatal(err)
	}
	events, zone := boston(t)
	b := newBench(t, cookbooksKPIs)
	b.give(events...)
	from, to := time.Date(2011, 7, 1, 0, 0, 0, 0, zone).UnixMilli(), time.Date(2012, 1, 1, 0, 0, 0, 0, zone).UnixMilli()
	for _, name := range []string{"sla-burn", "sla-breach", "backlog-growing", "intake-silent"} {
		_, rule, ok := strings.Cut(string(text), "```yaml\nname: "+name+"\n")
		if rule = "name: " + name + "\n" + rule; !ok {
			_, rule, ok = strings.Cut(string(text), "```yaml\n"+name+":\n")
			rule = name + ":\n" + rule
		}
		rule, _, _ = strings.Cut(rule, "```")
		_, row, found := strings.Cut(string(text), "| ["+name+"]")
		if !ok || !found {
			t.Fatalf("docs/cookbook.md has no rule and row of %s", name)
		}
		_, row, _ = strings.Cut(row, ") ")
		row, _, _ = strings.Cut(row, "\n")
		a := b.run(rule, from, to, 0)
		if a.Through < a.To {
			t.Logf("%s was not run through: %v", name, a.Limits)
			continue
		}
		if got := fmt.Sprintf("| Boston | %d | %.2f |", a.Count, a.PagesPerWeek); got != row {
			t.Errorf("%s: docs/cookbook.md says %q, the backtest %q", name, row, got)
		}
	}
}
