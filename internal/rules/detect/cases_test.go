package detect

import (
	"fmt"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const slas = `
kpis:
  - {name: case.sla, type: sla, target: 4h, objective: 0.9, by: [office], queue: queue}
`

func told(all []alert.Transition) (texts []string) {
	for _, a := range all {
		texts = append(texts, fmt.Sprint(a.Tags, " ", a.State, " ", a.Condition))
	}
	return texts
}

func TestEachCaseHasItsAlert(t *testing.T) {
	b := newBench(t, nil, slas)
	b.give(
		point("case.opened", 1, monday, "caseId", "A", "office", "north", "queue", "desk"),
		point("case.opened", 1, monday+hour, "caseId", "B", "office", "south"),
		point("case.opened", 1, monday+2*hour, "caseId", "C"),
	)
	breach := b.detector(`{name: breach, type: sla_breach, kpi: case.sla}`)
	north := b.detector(`{name: breach, type: sla_breach, kpi: case.sla, where: {office: north}, severity: warning}`)
	risk := b.detector(`{name: risk, type: sla_at_risk, kpi: case.sla}`)
	for _, s := range []struct {
		at                  int64
		breach, risk, north string
	}{
		{monday + 3*hour, "[]", "[]", "[]"},
		{monday + 3*hour + minute, "[]", "[[{caseId A} {office north}] warning 59m left before the deadline]", "[]"},
		{monday + 4*hour, "[]", "[[{caseId A} {office north}] warning 0s left before the deadline]", "[]"}, // by the deadline is in time
		{monday + 4*hour + 1, "[[{caseId A} {office north}] critical overdue by 0s]", "[[{caseId B} {office south}] warning 59m left before the deadline]",
			"[[{caseId A} {office north}] warning overdue by 0s]"},
		{monday + 5*hour + minute, "[[{caseId A} {office north}] critical overdue by 1h 1m [{caseId B} {office south}] critical overdue by 1m]",
			"[[{caseId C}] warning 59m left before the deadline]", "[[{caseId A} {office north}] warning overdue by 1h 1m]"},
	} {
		if got := fmt.Sprint(told(evaluate(t, breach, s.at))); got != s.breach {
			t.Errorf("breach at %d: %s", s.at-monday, got)
		}
		if got := fmt.Sprint(told(evaluate(t, risk, s.at))); got != s.risk {
			t.Errorf("risk at %d: %s", s.at-monday, got)
		}
		if got := fmt.Sprint(told(evaluate(t, north, s.at))); got != s.north {
			t.Errorf("north at %d: %s", s.at-monday, got)
		}
	}
	if a := evaluate(t, breach, monday+6*hour)[0]; a.Since != monday+4*hour || a.Value != 2 || a.Annotations[0].Value != "case A breached case.sla: overdue by 2h" {
		t.Errorf("%+v", a)
	}
	// What is closed is told of no more.
	b.give(point("case.resolved", 1, monday+6*hour, "caseId", "A", "office", "north"), point("case.resolved", 1, monday+6*hour, "caseId", "B"))
	if got := fmt.Sprint(told(evaluate(t, breach, monday+6*hour+minute))); got != "[[{caseId C}] critical overdue by 1m]" {
		t.Error(got)
	}
}

func TestManyCasesAreBounded(t *testing.T) {
	b := newBench(t, nil, slas)
	var all []event.Event
	for i := range 25 {
		all = append(all, point("case.opened", 1, monday+int64(i)*minute, "caseId", fmt.Sprintf("C%02d", i)))
	}
	b.give(all...)
	g := b.detector(`{name: breach, type: sla_breach, kpi: case.sla, max_series: 3}`)
	got := fmt.Sprint(told(evaluate(t, g, monday+5*hour)))
	want := "[[{caseId C00}] critical overdue by 1h [{caseId C01}] critical overdue by 59m [{caseId C02}] critical overdue by 58m " +
		"[{overflow true}] critical 22 more series beyond the first 3]"
	if got != want {
		t.Errorf("%s", got)
	}
	// Of those at risk the next to breach come first, so that who has a place keeps
	// it while others come in.
	b.give(point("case.opened", 1, monday-minute, "caseId", "D"))
	risk := b.detector(`{name: risk, type: sla_at_risk, kpi: case.sla, max_series: 2}`)
	got = fmt.Sprint(told(evaluate(t, risk, monday+3*hour+2*minute)))
	want = "[[{caseId D}] warning 57m left before the deadline [{caseId C00}] warning 58m left before the deadline " +
		"[{overflow true}] warning 1 more series beyond the first 2]"
	if got != want {
		t.Errorf("%s", got)
	}
}

func TestABreachIsProvisionalUntilSomethingNewerIsHeard(t *testing.T) {
	b := newBench(t, nil, slas)
	b.give(point("case.opened", 1, monday, "caseId", "A"))
	g := b.detector(`{name: breach, type: sla_breach, kpi: case.sla}`)
	if all := evaluate(t, g, monday+5*hour); len(all) != 1 || !all[0].Provisional {
		t.Errorf("%+v", told(all))
	}
	b.give(point("case.opened", 1, monday+4*hour+minute, "caseId", "B"))
	if all := evaluate(t, g, monday+5*hour+1); len(all) != 1 || all[0].Provisional {
		t.Errorf("%+v", told(all))
	}
}
