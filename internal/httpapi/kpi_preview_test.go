package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/event"
)

type previewed struct {
	Exists, Same bool
	Value        kpiValue
	History      struct {
		kpiHistory
		Series []kpiCourse `json:"series"`
	}
	Diff *versionDiff
}

func TestPreviewSaysWhatADefinitionWouldSay(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	o.resolve("north", time.Minute, 2*time.Minute, 90*time.Minute)
	o.resolve("south", 70*time.Minute)
	const twoHours = "type: throughput\nevent: case.resolved\nwindow: 2h\nby: [office]\n"
	const path = "/api/kpis/preview?from=2026-03-02T10:00:00Z&to=2026-03-02T12:00:00Z&step=30m"
	var p previewed
	o.want(http.StatusOK, "POST", path+"&by=office&name=cases.resolved.per.hour", asYAML, twoHours, &p)
	if !p.Exists || p.Same || p.Diff != nil || *p.Value.Series[0].Value != 2 || p.Value.Series[0].N != 4 || len(p.Value.Series) != 3 {
		t.Errorf("%+v", p)
	}
	if s := p.History.Series; len(s) != 3 || len(s[0].Points) != 4 || *s[0].Points[3][1] != 2 || *s[0].Points[3][2] != 4 {
		t.Errorf("%+v", p.History)
	}
	var one kpiListed
	o.get("/api/kpis/cases.resolved.per.hour", &one)
	if len(one.Versions) != 1 || one.Window != "1h" {
		t.Errorf("a preview changed something: %+v", one)
	}
	// The same once it is put.
	o.want(http.StatusOK, "PUT", "/api/kpis/cases.resolved.per.hour", asYAML, twoHours, nil)
	o.engine.Filled()
	var value kpiValue
	o.get("/api/kpis/cases.resolved.per.hour/value?at=2026-03-02T12:00:00Z", &value)
	if *value.Series[0].Value != *p.Value.Series[0].Value || value.Series[0].N != p.Value.Series[0].N {
		t.Errorf("%+v", value)
	}
	p = previewed{}
	o.want(http.StatusOK, "POST", path, asYAML, "name: cases.resolved.per.hour\n"+twoHours, &p)
	if !p.Same {
		t.Errorf("%+v", p)
	}
	p = previewed{}
	o.want(http.StatusOK, "POST", path+"&name=another", asYAML, twoHours, &p)
	if p.Exists || p.Same {
		t.Errorf("%+v", p)
	}
}

func TestPreviewTellsWhichCasesFlip(t *testing.T) {
	const onTime = "{name: on.time, type: sla, start: case.opened, stop: case.resolved, key: caseId, target: %, objective: 0.9, window: 1d}"
	o := openOffice(t, auth.Config{}, strings.ReplaceAll(onTime, "%", "1h"))
	tags := []event.Tag{{Key: "caseId", Value: "C-7"}}
	o.give(event.Event{Metric: "case.opened", Value: 1, Time: event.Millis(noon.Add(-4 * time.Hour)), Tags: tags})
	o.give(event.Event{Metric: "case.resolved", Value: 1, Time: event.Millis(noon.Add(-2 * time.Hour)), Tags: tags})
	var p previewed
	o.want(http.StatusOK, "POST", "/api/kpis/preview", asYAML, strings.ReplaceAll(onTime, "%", "3h"), &p)
	d := p.Diff
	if d == nil || d.Compared != 1 || d.Flipped != 1 || d.Cases[0].CaseID != "C-7" || d.Cases[0].Before != "missed" || d.Cases[0].After != "met" {
		t.Errorf("%+v", d)
	}
}

func TestPreviewRefusesAsAPutDoes(t *testing.T) {
	o := openOffice(t, auth.Config{})
	var p problem
	o.want(http.StatusUnprocessableEntity, "POST", "/api/kpis/preview?name=a", asYAML, "type: throughput\nevent: case.resolvd\nwindow: -1h\n", &p)
	if len(p.Errors) != 2 || p.Errors[0].Field != "/event" || p.Errors[0].Position != "2:1" && p.Errors[0].Position != "2:8" {
		t.Errorf("%+v", p)
	}
	o.want(http.StatusUnprocessableEntity, "POST", "/api/kpis/preview", asYAML, "type: throughput\nevent: case.resolved\n", &p)
	if len(p.Errors) != 1 || p.Errors[0].Field != "/name" {
		t.Errorf("%+v", p)
	}
	const right = "type: throughput\nevent: case.resolved\n"
	o.want(http.StatusUnsupportedMediaType, "POST", "/api/kpis/preview?name=a", "application/xml", right, &p)
	o.want(http.StatusBadRequest, "POST", "/api/kpis/preview?name=a&from=2&to=1", asYAML, right, &p)
	o.want(http.StatusBadRequest, "POST", "/api/kpis/preview?name=a&by=office", asYAML, right, &p)
	o.want(http.StatusBadRequest, "POST", "/api/kpis/preview?name=a&from=0&step=1ms", asYAML, right, &p)
	if w := o.send("GET", "/api/kpis/preview", "", ""); w.Code != http.StatusNotFound {
		t.Error("preview became a KPI:", w.Code)
	}
}

func TestVersionsTellWhoAndWhy(t *testing.T) {
	token, hash := auth.NewToken()
	o := openOffice(t, auth.Config{Tokens: []auth.Token{{Name: "ann", Hash: hash, Roles: []auth.Role{auth.RoleRead, auth.RoleOperate}}}}, resolvedPerHour)
	bearer := []string{"Authorization", "Bearer " + token}
	w := o.send("PUT", "/api/kpis/cases.resolved.per.hour?why=the+new+charter", asYAML, "{type: throughput, event: case.resolved, window: 2h}", bearer...)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"why":"the new charter"`) || !strings.Contains(w.Body.String(), `"who":"ann"`) {
		t.Fatal(w.Code, w.Body)
	}
	w = o.send("DELETE", "/api/kpis/cases.resolved.per.hour?why=back", "", "", bearer...)
	if w.Code != http.StatusNoContent {
		t.Fatal(w.Code, w.Body)
	}
	l, err := o.engine.Get("cases.resolved.per.hour")
	if err != nil || len(l.Versions) != 3 || l.Versions[0].Who != "" || l.Versions[1].Why != "the new charter" || l.Versions[2].Why != "back" || l.Versions[2].Who != "ann" {
		t.Errorf("%+v %v", l.Versions, err)
	}
}
