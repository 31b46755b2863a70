package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

const (
	asJSON = "application/json"
	asYAML = "application/yaml"
)

func TestPutDefinesAKPI(t *testing.T) {
	o := openOffice(t, auth.Config{})
	o.resolve("north", 0, time.Minute)
	var put struct {
		putKPIBody
		Definition map[string]any `json:"definition"`
	}
	o.want(http.StatusCreated, "PUT", "/api/kpis/solved", asJSON, `{"type": "throughput", "event": "case.resolved", "window": "1h"}`, &put)
	if put.Name != "solved" || put.Version != 1 || put.Origin != engine.API || put.Since != noon.UnixMilli() || put.Definition["name"] != "solved" {
		t.Errorf("%+v", put)
	}
	o.engine.Filled()
	var value kpiValue
	o.get("/api/kpis/solved/value", &value)
	if *value.Series[0].Value != 2 {
		t.Errorf("%+v", value)
	}
	// The same again, with its name, as YAML, and as curl sends it.
	for kind, body := range map[string]string{
		asJSON: `{"name": "solved", "type": "throughput", "event": "case.resolved", "window": "1h"}`,
		asYAML: "# a comment\ntype: throughput\nevent: case.resolved\nwindow: 1h\n", "": "{window: 1h, event: case.resolved, type: throughput}",
		"application/x-www-form-urlencoded": `{"type":"throughput","event":"case.resolved","window":"1h"}`, asJSON + "; charset=utf-8": `{"type":"throughput","event":"case.resolved","window":"1h"}`,
	} {
		o.want(http.StatusOK, "PUT", "/api/kpis/solved", kind, body, &put)
		if put.Version != 1 {
			t.Errorf("%s: the same definition began version %d", kind, put.Version)
		}
	}
	o.want(http.StatusOK, "PUT", "/api/kpis/solved", asYAML, "{type: throughput, event: case.resolved, window: 2h}", &put)
	o.engine.Filled()
	var one kpiListed
	o.get("/api/kpis/solved", &one)
	if put.Version != 2 || one.Version != 2 || one.Window != "2h" || len(one.Versions) != 2 || one.Versions[0].Definition["window"] != "1h" {
		t.Errorf("%+v, %+v", put, one)
	}
	o.get("/api/kpis/solved/value?version=1", &value)
	if *value.Series[0].Value != 2 || value.Version != 1 {
		t.Errorf("%+v", value)
	}
}

func TestFaultyDefinitionsNameEachFault(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	limits := "type: throughput\nevent: case.resolved\nthresholds:\n  warnin: 5\n  critical: 2\n"
	for name, c := range map[string]struct {
		path, kind, body string
		field, position  string
		says             string
	}{
		"deep":           {"/a", asYAML, limits, "/thresholds/warnin", "4:3", `did you mean "warning"`},
		"deep, named":    {"/a", asYAML, "name: a\n" + limits, "/thresholds/warnin", "5:3", ""},
		"unknown key":    {"/a", asJSON, "{\"type\": \"throughput\",\n \"evnt\": \"case.resolved\"}", "/evnt", "2:2", `did you mean "event"`},
		"unknown event":  {"/a", asJSON, `{"type": "throughput", "event": "case.resolvd"}`, "/event", "1:24", `did you mean "case.resolved"`},
		"wrong type":     {"/a", asJSON, `{"type": "throughput", "event": "case.resolved", "by": 7}`, "/by", "1:56", ""},
		"no type":        {"/a", asJSON, `{"event": "case.resolved"}`, "/type", "1:2", "throughput"},
		"unknown type":   {"/a", asYAML, "type: throughputs", "/type", "1:7", "throughput"},
		"another's name": {"/a", asYAML, "name: b\ntype: throughput\nevent: case.resolved", "/name", "", "/api/kpis/b"},
		"bad name":       {"/a%20b", asYAML, "type: throughput\nevent: case.resolved", "/name", "", "letters"},
		"not YAML":       {"/a", asYAML, "type: [throughput", "", "1:7", ""},
		"tilde, slash":   {"/a", asYAML, "type: throughput\nevent: case.resolved\na~b/c: 1", "/a~0b~1c", "3:1", ""},
		"a circle":       {"/a", asYAML, "type: custom\nexpr: kpi(\"a\") + 1", "/expr", "2:1", "a -> a"},
		"missing":        {"/a", asYAML, "type: sla\nobjective: 0.9", "/target", "1:1", "is missing"},
		"target value":   {"/a", asJSON, "{\"type\": \"sla\", \"target\": {\"tag\": \"priority\",\n  \"values\": {\"high\": \"soon\"}, \"default\": \"48h\"}}", "/target/values/high", "2:14", "is no duration"},
		"tag twice":      {"/a", asJSON, `{"type": "throughput", "event": "case.resolved", "by": ["office", "office"]}`, "/by/1", "1:67", "listed twice"},
		"window":         {"/a", asYAML, "type: throughput\nevent: case.resolved\nwindow: -1h", "/window", "3:1", ""},
	} {
		var p problem
		o.want(http.StatusUnprocessableEntity, "PUT", "/api/kpis"+c.path, c.kind, c.body, &p)
		if len(p.Errors) != 1 || p.Errors[0].Field != c.field || p.Errors[0].Position != c.position || !strings.Contains(p.Errors[0].Detail, c.says) || p.Detail == "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	var p problem
	o.want(http.StatusUnprocessableEntity, "PUT", "/api/kpis/x", asYAML, "type: throughput\nevent: nothing\nper: 1ms\nwindow: -1h\n", &p)
	if len(p.Errors) != 3 {
		t.Errorf("not all faults at once: %+v", p)
	}
	o.get("/api/kpis/cases.resolved.per.hour/value", nil)
	if all := o.engine.List(); len(all) != 1 || len(all[0].Versions) != 1 {
		t.Errorf("a refused definition left something: %+v", all)
	}
}

func TestPutRefusesWhatIsNoDefinition(t *testing.T) {
	o := openOffice(t, auth.Config{})
	for name, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"another type": {"application/xml", "<kpi/>", 415},
		"no type":      {";", "{}", 415},
		"too large":    {asJSON, strings.Repeat(" ", maxDefinition+1), 413},
		"empty":        {asJSON, "", 400},
		"blank":        {asJSON, " \n", 422},
		"comment":      {asYAML, "# nothing", 422},
	} {
		if w := o.send("PUT", "/api/kpis/a", c.kind, c.body); w.Code != c.status || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	o.failing = errors.New("secret")
	w := o.send("PUT", "/api/kpis/a", asYAML, "{type: throughput, event: case.resolved}")
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestDeleteTakesBackWhatWasPut(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	const path = "/api/kpis/cases.resolved.per.hour"
	var p problem
	o.want(http.StatusConflict, "DELETE", path, "", "", &p)
	if !strings.Contains(p.Detail, "configuration file") {
		t.Errorf("%+v", p)
	}
	o.want(http.StatusNotFound, "DELETE", "/api/kpis/cases.resolved", "", "", &p)
	o.want(http.StatusOK, "PUT", path, asYAML, "{type: throughput, event: case.resolved, window: 3h}", nil)
	o.want(http.StatusNoContent, "DELETE", path, "", "", nil)
	o.engine.Filled()
	var one kpiListed
	o.get(path, &one)
	if one.Window != "1h" || one.Origin != engine.File || one.Version != 3 {
		t.Errorf("%+v", one)
	}
	o.want(http.StatusCreated, "PUT", "/api/kpis/part", asYAML, "{type: throughput, event: case.resolved}", nil)
	o.engine.Filled()
	o.want(http.StatusCreated, "PUT", "/api/kpis/made", asYAML, "{type: custom, expr: 'kpi(\"part\") * 2', window: 1h}", nil)
	o.want(http.StatusConflict, "DELETE", "/api/kpis/part", "", "", &p)
	if !strings.Contains(p.Detail, "used by made") {
		t.Errorf("%+v", p)
	}
	o.want(http.StatusNoContent, "DELETE", "/api/kpis/made", "", "", nil)
	o.want(http.StatusNoContent, "DELETE", "/api/kpis/part", "", "", nil)
}

func TestAKPIThatReadsHistoryAnswersWithoutAValue(t *testing.T) {
	o := openOffice(t, auth.Config{})
	o.resolve("north", 0, 1, 2)
	release := o.holdHistory()
	var put putKPIBody
	o.want(http.StatusCreated, "PUT", "/api/kpis/solved", asYAML, "{type: throughput, event: case.resolved}", &struct {
		*putKPIBody
		Definition any `json:"definition"`
	}{putKPIBody: &put})
	if put.Ready {
		t.Error("ready before history was read")
	}
	var value kpiValue
	o.get("/api/kpis/solved/value", &value)
	if s := value.Series; value.BackFill == nil || value.BackFill.Total != 3 || len(s) != 1 || s[0].Value != nil || s[0].State != "no_data" {
		t.Errorf("%+v", value)
	}
	var history struct {
		kpiHistory
		Series []kpiCourse `json:"series"`
	}
	o.get("/api/kpis/solved/history", &history)
	if history.BackFill == nil || len(history.Series) != 1 || len(history.Series[0].Points) != 0 {
		t.Errorf("%+v", history)
	}
	o.get("/api/kpis/solved/history?from=2026-03-02T11:59:00Z&step=1h", &history)
	if history.BackFill == nil || len(history.Series) != 1 || len(history.Series[0].Points) != 0 {
		t.Errorf("%+v", history)
	}
	var one kpiListed
	o.get("/api/kpis/solved", &one)
	if one.Ready || one.Version != 1 {
		t.Errorf("%+v", one)
	}
	release()
	value = kpiValue{}
	o.get("/api/kpis/solved/value", &value)
	if value.BackFill != nil || *value.Series[0].Value != 3 {
		t.Errorf("%+v", value)
	}
}

func TestOperatorsChangeKPIsReadersDoNot(t *testing.T) {
	var c auth.Config
	tokens := map[auth.Role]string{}
	for _, role := range []auth.Role{auth.RoleIngest, auth.RoleRead, auth.RoleOperate} {
		token, hash := auth.NewToken()
		tokens[role] = token
		c.Tokens = append(c.Tokens, auth.Token{Name: string(role), Hash: hash, Roles: []auth.Role{role}})
	}
	o := openOffice(t, c, resolvedPerHour)
	const definition = "{type: throughput, event: case.resolved}"
	for _, r := range []struct {
		method, path string
		allowed      map[auth.Role]int
	}{
		{"PUT", "/api/kpis/a", map[auth.Role]int{"": 401, auth.RoleIngest: 403, auth.RoleRead: 403, auth.RoleOperate: 201}},
		{"DELETE", "/api/kpis/a", map[auth.Role]int{"": 401, auth.RoleIngest: 403, auth.RoleRead: 403, auth.RoleOperate: 204}},
		{"GET", "/api/kpis/cases.resolved.per.hour/value", map[auth.Role]int{"": 401, auth.RoleIngest: 403, auth.RoleRead: 200, auth.RoleOperate: 200}},
		{"GET", "/api/kpis", map[auth.Role]int{"": 401, auth.RoleIngest: 403, auth.RoleRead: 200, auth.RoleOperate: 200}},
	} {
		for _, role := range []auth.Role{"", auth.RoleIngest, auth.RoleRead, auth.RoleOperate} {
			var header []string
			if role != "" {
				header = []string{"Authorization", "Bearer " + tokens[role]}
			}
			if w := o.send(r.method, r.path, asYAML, definition, header...); w.Code != r.allowed[role] {
				t.Errorf("%s %s by %q answered %d %s", r.method, r.path, role, w.Code, w.Body)
			}
		}
	}
}

func TestPagesOfOtherSitesChangeNothing(t *testing.T) {
	o := openOffice(t, auth.Config{})
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://evil.example"}} {
		for _, method := range []string{"PUT", "DELETE"} {
			if w := o.send(method, "/api/kpis/a", asYAML, "{type: throughput, event: case.resolved}", header...); w.Code != http.StatusForbidden {
				t.Errorf("%s with %v answered %d", method, header, w.Code)
			}
		}
	}
	if w := o.send("PUT", "/api/kpis/a", asYAML, "{type: throughput, event: case.resolved}", "Sec-Fetch-Site", "same-origin"); w.Code != http.StatusCreated {
		t.Errorf("the dashboard was answered %d %s", w.Code, w.Body)
	}
}

func TestAnswersEndWhereWaitingDoes(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	a := &api{Options: Options{Applied: func(ctx context.Context) error { return errors.New("the log is behind") }, KPIs: o.engine}}
	if _, err := a.kpiValue(t.Context(), &kpiValueInput{Name: "cases.resolved.per.hour"}); err == nil || err.Error() != "the log is behind" {
		t.Error(err)
	}
}
