package backtest

import (
	"strings"
	"testing"
	"time"
)

// Notes call a rule by the name that it was given.
func TestNotesNameTheRule(t *testing.T) {
	b := newBench(t, openedPerDay)
	b.give(point("case.opened", 1, 0, "caseId", "1", "office", "n"))
	a := b.run(`{name: late, type: sla_breach, kpi: sla}`, 0, 365*24*hour, time.Minute)
	if len(a.Limits) != 1 || !strings.HasPrefix(a.Limits[0], "late would have been judged") {
		t.Errorf("%q", a.Limits)
	}
}
