package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const (
	twoDays  = `{name: case.sla, type: sla, target: 48h, objective: 0.9, window: 7d, by: [office]}`
	answered = `{name: a.first, type: sla, stop: case.responded, target: 4h, window: 7d, by: [office]}`
	collide  = `{name: case.conflicts, type: conflict, window: 24h, by: [office]}`
)

// tell gives an event of a case, so long before now.
func (o *office) tell(metric, id, in string, ago time.Duration, more ...event.Tag) {
	o.give(event.Event{Metric: metric, Value: 1, Time: event.Millis(o.now.Add(-ago)),
		Tags: append([]event.Tag{{Key: "caseId", Value: id}, {Key: "office", Value: in}}, more...)})
}

type casesPage struct {
	AboutCases
	Cases []caseClock `json:"cases"`
	Next  *string     `json:"next"`
}

func (p casesPage) ids() string {
	var all []string
	for _, c := range p.Cases {
		all = append(all, c.CaseID+" "+c.State)
	}
	return strings.Join(all, ", ")
}

func openCases(t *testing.T) *office {
	o := openOffice(t, auth.Config{}, resolvedPerHour, twoDays, answered, collide)
	o.tell("case.opened", "late", "north", 50*time.Hour)
	o.tell("case.opened", "later", "south", 60*time.Hour)
	o.tell("case.opened", "soon", "north", 47*time.Hour)
	o.tell("case.opened", "new", "south", time.Hour)
	o.tell("case.opened", "waits", "south", 10*time.Hour)
	o.tell("case.paused", "waits", "south", 9*time.Hour)
	o.tell("case.opened", "done", "north", 30*time.Hour)
	o.tell("case.resolved", "done", "north", 20*time.Hour)
	return o
}

func TestCasesInTheOrderOfTheNextBreach(t *testing.T) {
	o := openCases(t)
	for query, want := range map[string]string{
		"":                               "later breached, late breached, soon at_risk, new on_track, waits paused",
		"?order=age":                     "later breached, late breached, soon at_risk, waits paused, new on_track",
		"?atRisk=true":                   "soon at_risk",
		"?tag.office=north":              "late breached, soon at_risk",
		"?state=closed":                  "done closed",
		"?state=all&tag.office=north":    "late breached, soon at_risk, done closed",
		"?kpi=a.first&tag.office=south":  "later breached, new on_track, waits paused",
		"?state=all&tag.office=nowhere":  "",
		"?state=open&order=next_breach&": "later breached, late breached, soon at_risk, new on_track, waits paused",
	} {
		var page casesPage
		o.get("/api/cases"+query, &page)
		if page.ids() != want || page.Next != nil || page.At != noon.UnixMilli()+1 {
			t.Errorf("%s: %s, at %d, next %v", query, page.ids(), page.At, page.Next)
		}
		if page.KPI != "case.sla" && !strings.Contains(query, "a.first") {
			t.Errorf("%s: by %s", query, page.KPI)
		}
	}
	var got []string
	for next := "?limit=2&state=all"; next != ""; {
		var page casesPage
		o.get("/api/cases"+next, &page)
		got = append(got, page.ids())
		if next = ""; page.Next != nil {
			next = "?limit=2&state=all&cursor=" + *page.Next
		}
		o.now = o.now.Add(time.Hour) // the pages are seen from the instant of the first
	}
	if all := strings.Join(got, " | "); all != "later breached, late breached | soon at_risk, new on_track | waits paused, done closed" {
		t.Error(all)
	}
}

func TestQuestionsAboutCasesThatCannotBeAnswered(t *testing.T) {
	o := openCases(t)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/api/cases?state=shut":                  {400, "open, closed, all"},
		"/api/cases?order=name":                  {400, "next_breach"},
		"/api/cases?limit=0":                     {400, "limit"},
		"/api/cases?cursor=!":                    {400, "cursor"},
		"/api/cases?metric=a":                    {400, "tag.KEY"},
		"/api/cases?tag.color=a":                 {400, "office"},
		"/api/cases?kpi=cases.resolved.per.hour": {400, "throughput"},
		"/api/cases?kpi=case.slaa":               {404, `did you mean \"case.sla\"`},
		"/api/cases/C-404":                       {404, "C-404"},
		"/api/cases/late?at=0":                   {404, "late"},
		"/api/cases/late?kpi=nothing":            {404, "nothing"},
		"/api/conflicts?at=x":                    {400, "RFC 3339"},
		"/api/kpis/case.sla/diff":                {400, "versions up to 1"},
		"/api/kpis/case.sla/diff?from=2&to=1":    {400, "from must be before to"},
		"/api/kpis/nothing/diff":                 {404, "no such KPI"},
	} {
		if w := o.send("GET", path, "", ""); w.Code != want.status || !strings.Contains(w.Body.String(), want.says) {
			t.Errorf("%s answered %d %s", path, w.Code, w.Body)
		}
	}
}

func TestOneCaseWithItsTimelineAndAccount(t *testing.T) {
	o := openCases(t)
	var c struct {
		AboutCases
		CaseID   string       `json:"caseId"`
		Cycles   []clockCycle `json:"cycles"`
		Timeline []eventJSON  `json:"timeline"`
		More     bool         `json:"more"`
	}
	o.get("/api/cases/done", &c)
	if len(c.Cycles) != 1 || c.Cycles[0].Verdict != "met" || c.Cycles[0].EndedBy != "case.resolved" || c.Cycles[0].UsedMs != 10*3_600_000 ||
		len(c.Cycles[0].Spans) != 1 || c.Cycles[0].Version != 1 || c.CaseID != "done" || c.KPI != "case.sla" || c.More {
		t.Errorf("%+v", c)
	}
	if len(c.Timeline) != 2 || c.Timeline[0].MetricName != "case.opened" || c.Timeline[1].MetricName != "case.resolved" || c.Timeline[1].Tags["office"] != "north" {
		t.Errorf("%+v", c.Timeline)
	}
	o.get(fmt.Sprintf("/api/cases/done?at=%d&kpi=a.first", event.Millis(noon.Add(-25*time.Hour))), &c)
	if len(c.Cycles) != 1 || c.Cycles[0].Verdict != "missed" || len(c.Timeline) != 1 || c.KPI != "a.first" {
		t.Errorf("as of then %+v", c)
	}
	o.tell("case.opened", "a/b c", "north", 0)
	o.get("/api/cases/a%2Fb%20c", &c)
	if c.CaseID != "a/b c" || len(c.Cycles) != 1 || c.Cycles[0].Verdict != "pending" {
		t.Errorf("%+v", c)
	}
	// A case that no clock is known for has a timeline all the same.
	o.tell("case.edited", "edited", "north", 0)
	o.get("/api/cases/edited", &c)
	if len(c.Cycles) != 0 || len(c.Timeline) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestVersionsComparedCaseByCase(t *testing.T) {
	o := openCases(t)
	o.want(http.StatusOK, "PUT", "/api/kpis/case.sla", asYAML, strings.Replace(twoDays, "48h", "55h", 1), nil)
	o.engine.Filled()
	var d versionDiff
	o.get("/api/kpis/case.sla/diff", &d)
	if d.A != 1 || d.B != 2 || d.Flipped != 1 || len(d.Cases) != 1 || d.Cases[0].CaseID != "late" || d.Cases[0].Before != "missed" || d.Cases[0].DeadlineBefore == nil || d.Cases[0].End != nil {
		t.Errorf("%+v", d)
	}
	var reverse versionDiff
	o.get("/api/kpis/case.sla/diff?a=2&b=1&from=0&limit=1", &reverse)
	if reverse.Flipped != 1 || reverse.Cases[0].After != "missed" {
		t.Errorf("%+v", reverse)
	}
	o.get("/api/kpis/case.sla/diff?to=2026-02-28T00:00:00Z&from=0", &d)
	if d.Compared != 0 || len(d.Cases) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestOpenConflicts(t *testing.T) {
	o := openCases(t)
	o.tell("case.edited", "both", "north", 2*time.Minute, event.Tag{Key: "agentId", Value: "a1"})
	o.tell("case.edited", "both", "north", time.Minute, event.Tag{Key: "agentId", Value: "a2"})
	var got struct {
		At        int64          `json:"at"`
		Conflicts []conflictJSON `json:"conflicts"`
	}
	o.get("/api/conflicts", &got)
	if len(got.Conflicts) == 0 || got.Conflicts[0].CaseID != "both" || got.Conflicts[0].Level != "proxy" || strings.Join(got.Conflicts[0].Agents, " ") != "a1 a2" {
		t.Errorf("%+v", got)
	}
	o.tell("case.edited", "second", "south", 2*time.Minute, event.Tag{Key: "agentId", Value: "a3"})
	o.tell("case.edited", "second", "south", time.Minute, event.Tag{Key: "agentId", Value: "a4"})
	for office, want := range map[string]string{"north": "both", "south": "second", "west": ""} {
		o.get("/api/conflicts?tag.office="+office, &got)
		found := ""
		for _, c := range got.Conflicts {
			found = c.CaseID
			if c.Tags["office"] != office {
				t.Errorf("of %s: %+v", office, c)
			}
		}
		if found != want {
			t.Errorf("of %s: %+v", office, got)
		}
	}
	if w := o.send("GET", "/api/conflicts?tag.shoe=42", "", ""); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "broken down by") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	o.get("/api/conflicts?at=2026-03-01T00:00:00Z", &got)
	if len(got.Conflicts) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestCasesWhileHistoryIsRead(t *testing.T) {
	o := openOffice(t, auth.Config{})
	o.tell("case.opened", "x", "north", time.Hour)
	release := o.holdHistory()
	o.want(http.StatusCreated, "PUT", "/api/kpis/case.sla", asYAML, twoDays, nil)
	var page casesPage
	o.get("/api/cases", &page)
	if page.BackFill == nil || len(page.Cases) != 0 {
		t.Errorf("%+v", page)
	}
	o.get("/api/cases/x", nil)
	release()
	o.get("/api/cases", &page)
	if page.ids() != "x on_track" {
		t.Error(page.ids())
	}
}
