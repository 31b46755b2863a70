package httpapi

import (
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/auth"
)

func TestExplainTellsWhereAChangeComesFrom(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	o.resolve("north", 90*time.Minute, 80*time.Minute, 0, 10*time.Minute, 20*time.Minute, 30*time.Minute)
	o.resolve("south", 70*time.Minute, 40*time.Minute)
	var got kpiExplanation
	o.get("/api/kpis/cases.resolved.per.hour/explain", &got)
	if got.KPI != "cases.resolved.per.hour" || got.Unit != "1/h" || *got.Now.Value != 5 || *got.Base.Value != 3 || *got.Change != 2 ||
		got.Base.To != got.Now.From || got.Base.To-got.Base.From != got.Now.To-got.Now.From || got.Version != 1 || got.Seq != 8 {
		t.Fatalf("%+v", got)
	}
	if len(got.Tags) != 1 || got.Tags[0].Tag != "office" || got.Tags[0].Method != "difference" || len(got.Tags[0].Parts) != 2 {
		t.Fatalf("%+v", got.Tags)
	}
	north, south := got.Tags[0].Parts[0], got.Tags[0].Parts[1]
	if north.Value != "north" || *north.Share != 1 || *north.Contribution != 2 || north.Now.N != 4 || north.Base.N != 2 || *south.Share != 0 {
		t.Errorf("%+v %+v", north, south)
	}
	if o.applied == 0 {
		t.Error("answered without waiting for what is acknowledged")
	}
	o.get("/api/kpis/cases.resolved.per.hour/explain?by=office&limit=1&from=2026-03-02T11:00:00Z&to=2026-03-02T12:00:00Z&base_from=2026-03-02T10:00:00Z&base_to=2026-03-02T11:00:00Z", &got)
	if len(got.Tags[0].Parts) != 1 || got.Tags[0].Rest == nil || got.Tags[0].Rest.Values != 1 || got.Now.N != 4 {
		t.Errorf("%+v", got)
	}
}

func TestExplainRefusesWhatItCannotAnswer(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/cases.resolved.per.hour/explain?from=2&to=1":           {400, "from must be before to"},
		"/cases.resolved.per.hour/explain?base_from=9&base_to=8": {400, "base_from must be before base_to"},
		"/cases.resolved.per.hour/explain?by=queue":              {400, "[office]"},
		"/cases.resolved.per.hour/explain?limit=0":               {400, "limit"},
		"/cases.resolved.per.hour/explain?since=1":               {400, "since"},
		"/cases.resolved.per.our/explain":                        {404, `did you mean \"cases.resolved.per.hour\"`},
	} {
		w := o.send("GET", "/api/kpis"+path, "", "")
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.says) {
			t.Errorf("%s answered %d %s", path, w.Code, w.Body)
		}
	}
}
