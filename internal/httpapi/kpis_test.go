package httpapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

func TestValueOfAnyInstant(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	o.resolve("north", 0, 10*time.Minute, 90*time.Minute)
	o.resolve("south", 20*time.Minute)
	const path = "/api/kpis/cases.resolved.per.hour/value"
	type series struct {
		value float64
		n     int64
		state string
		tags  string
	}
	for query, want := range map[string][]series{
		"":                               {{3, 3, "warning", "map[]"}},
		"?at=2026-03-02T12:00:00Z":       {{2, 2, "warning", "map[]"}}, // what is dated at that instant does not count yet
		"?at=1772452800001":              {{3, 3, "warning", "map[]"}},
		"?window=2h":                     {{2, 4, "warning", "map[]"}},
		"?window=7200000":                {{2, 4, "warning", "map[]"}},
		"?window=1d&at=2026-03-01":       nil,
		"?at=2026-03-02T11:00:00Z&by=":   {{1, 1, "critical", "map[]"}},
		"?by=office":                     {{3, 3, "warning", "map[]"}, {2, 2, "warning", "map[office:north]"}, {1, 1, "critical", "map[office:south]"}},
		"?by=office&by=office,%20office": {{3, 3, "warning", "map[]"}, {2, 2, "warning", "map[office:north]"}, {1, 1, "critical", "map[office:south]"}},
		"?version=1":                     {{3, 3, "warning", "map[]"}},
	} {
		if want == nil {
			if w := o.send("GET", path+query, "", ""); w.Code != 400 {
				t.Errorf("%s answered %d", query, w.Code)
			}
			continue
		}
		var got kpiValue
		o.get(path+query, &got)
		var all []series
		for _, s := range got.Series {
			all = append(all, series{*s.Value, s.N, s.State, fmt.Sprint(s.Tags)})
		}
		if !slices.Equal(all, want) || got.KPI != "cases.resolved.per.hour" || got.Unit != "1/h" || got.Version != 1 || got.Seq != 4 || got.BackFill != nil {
			t.Errorf("%s: %+v", query, got)
		}
	}
	if o.applied == 0 {
		t.Error("answered without waiting for what is acknowledged")
	}
}

func TestQuestionsThatCannotBeAnsweredSayWhatCan(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/cases.resolved.per.hour/value?by=ofice":          {400, "[office]"},
		"/cases.resolved.per.hour/value?window=week":       {400, "400d"},
		"/cases.resolved.per.hour/value?window=-1h":        {400, "out of range"},
		"/cases.resolved.per.hour/value?window=0":          {400, "out of range"},
		"/cases.resolved.per.hour/value?at=now":            {400, "RFC 3339"},
		"/cases.resolved.per.hour/value?version=2":         {400, "the newest is 1"},
		"/cases.resolved.per.hour/value?versions=2":        {400, "versions"},
		"/cases.resolved.per.hour/history?from=2&to=1":     {400, "from must be before to"},
		"/cases.resolved.per.hour/history?from=0&step=1ms": {400, "longer steps"},
		"/cases.resolved.per.hour/history?by=queue":        {400, "[office]"},
		"/cases.resolved.per.hour/history?step=1e3":        {400, "24h"},
		"/cases.resolved.per.our/value":                    {404, `did you mean \"cases.resolved.per.hour\"`},
		"/nothing/history":                                 {404, "cases.resolved.per.hour"},
		"/nothing":                                         {404, "no such KPI"},
	} {
		w := o.send("GET", "/api/kpis"+path, "", "")
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.says) || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s answered %d %s", path, w.Code, w.Body)
		}
	}
}

func TestHistoryStepByStep(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	o.resolve("north", 0, 10*time.Minute, 90*time.Minute)
	o.resolve("south", 20*time.Minute)
	const path = "/api/kpis/cases.resolved.per.hour/history"
	at := func(clock string) int64 {
		d, err := time.Parse(time.RFC3339, "2026-03-02T"+clock+":00Z")
		if err != nil {
			t.Fatal(err)
		}
		return d.UnixMilli()
	}
	for query, want := range map[string]struct {
		from, to, step int64
		series         string
	}{
		"?from=2026-03-02T10:00:00Z&to=2026-03-02T13:00:00Z&step=1h": {at("10:00"), at("13:00"), 3_600_000,
			fmt.Sprintf("[[%d,1,1],[%d,2,2],[%d,1,1]]", at("10:00"), at("11:00"), at("12:00"))},
		// The last step is not over: what it has is over the time that it took.
		"?from=2026-03-02T11:30:00Z&step=20m": {at("11:30"), at("12:00") + 1, 1_200_000,
			fmt.Sprintf("[[%d,3,1],[%d,11.99998,2]]", at("11:30"), at("11:50"))},
		"?from=2026-03-02T11:50:00Z&to=2026-03-02T12:00:00Z&step=1h": {at("11:50"), at("12:00"), 3_600_000,
			fmt.Sprintf("[[%d,6,1]]", at("11:50"))},
		"?from=2026-03-02T11:00:00Z&to=2026-03-02T12:00:00Z&step=30m&window=2h": {at("11:00"), at("12:00"), 1_800_000,
			fmt.Sprintf("[[%d,0.5,1],[%d,1.5,3]]", at("11:00"), at("11:30"))},
	} {
		var got struct {
			kpiHistory
			Series []struct {
				Tags   map[string]string
				Points json.RawMessage
			} `json:"series"`
		}
		o.get(path+query, &got)
		text := strings.ReplaceAll(string(got.Series[0].Points), "11.999980000033334", "11.99998")
		if got.From != want.from || got.To != want.to || got.Step != want.step || len(got.Series) != 1 || text != want.series {
			t.Errorf("%s: %d to %d by %d, %s", query, got.From, got.To, got.Step, got.Series[0].Points)
		}
	}
	var got struct {
		kpiHistory
		Series []struct {
			Tags   map[string]string
			Points [][]float64
		} `json:"series"`
	}
	o.get(path+"?by=office", &got)
	total := got.Series[0].Points
	if got.Step != 300_000 || got.From != at("00:00")-12*3_600_000 || got.To != at("12:00")+1 || len(total) != 289 {
		t.Errorf("by default %d points from %d to %d by %d", len(total), got.From, got.To, got.Step)
	}
	if len(got.Series) != 3 || got.Series[2].Tags["office"] != "south" || total[288][2] != 1 || got.Series[1].Points[288][2] != 1 {
		t.Errorf("groups %+v", got.Series)
	}
}

// At each whole step a history says what a value says.
func TestHistoryIsTheValueAtEachStep(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	for i := range 100 {
		o.resolve([]string{"north", "south", ""}[i%3], time.Duration(i*i)*time.Second)
	}
	var h struct {
		kpiHistory
		Series []struct {
			Tags               map[string]string
			Points             []json.RawMessage
			Intervals, Figures []any
		} `json:"series"`
	}
	const path = "/api/kpis/cases.resolved.per.hour/"
	o.get(path+"history?detail=true&by=office&step=7m&window=45m&from=2026-03-02T09:00:00Z", &h)
	asked := 0
	for _, s := range h.Series {
		for step, point := range s.Points {
			var v struct {
				kpiValue
				Series []struct {
					Tags                     map[string]string
					Value, N                 json.RawMessage
					Interval, State, Figures any
				} `json:"series"`
			}
			t0 := h.From + int64(step)*h.Step
			o.get(fmt.Sprintf(path+"value?by=office&window=45m&at=%d", min(t0+h.Step, h.To)), &v)
			for _, is := range v.Series {
				if want := fmt.Sprintf("[%d,%s,%s]", t0, is.Value, is.N); maps.Equal(is.Tags, s.Tags) && string(point) != want {
					t.Fatalf("%v is %s, the value then is %s", s.Tags, point, want)
				} else if maps.Equal(is.Tags, s.Tags) && (!reflect.DeepEqual(s.Figures[step], is.Figures) || !reflect.DeepEqual(s.Intervals[step], is.Interval)) {
					t.Fatalf("beside %s stand %v and %v, beside the value %v and %v", point, s.Intervals[step], s.Figures[step], is.Interval, is.Figures)
				}
			}
			asked++
		}
	}
	if asked != 4*26 {
		t.Errorf("%d points", asked)
	}
}

func TestStepsOfAHistory(t *testing.T) {
	for length, want := range map[time.Duration]time.Duration{
		time.Hour: time.Minute, 6 * time.Hour: time.Minute, 24 * time.Hour: 5 * time.Minute, 4 * 24 * time.Hour: 15 * time.Minute,
		7 * 24 * time.Hour: time.Hour, 30 * 24 * time.Hour: 6 * time.Hour, 365 * 24 * time.Hour: 24 * time.Hour, 20 * 365 * 24 * time.Hour: 24 * time.Hour,
	} {
		if got := stepFor(length.Milliseconds()); got != want {
			t.Errorf("%v in steps of %v, want %v", length, got, want)
		}
	}
}

func TestListOfKPIs(t *testing.T) {
	o := openOffice(t, auth.Config{}, resolvedPerHour, `{name: calls, type: throughput, event: call.offered, per: 1m, window: 36h}`)
	o.resolve("north", 0)
	var list struct{ KPIs []kpiListed }
	o.get("/api/kpis", &list)
	if len(list.KPIs) != 2 || list.KPIs[0].Name != "calls" || list.KPIs[0].Title != "calls" || list.KPIs[0].Window != "36h" || list.KPIs[0].Value != nil {
		t.Fatalf("%+v", list)
	}
	k := list.KPIs[1]
	if k.Type != "throughput" || k.Unit != "1/h" || k.Window != "1h" || !slices.Equal(k.By, []string{"office"}) || k.Formula == "" ||
		k.Thresholds == nil || k.Thresholds.Warning != "below 5" || k.Thresholds.Critical != "below 2" || k.Origin != engine.File ||
		k.Since != event.Millis(noon) || !k.Ready || len(k.Versions) != 1 || k.Versions[0].Version != 1 || k.Definition["event"] != "case.resolved" {
		t.Errorf("%+v", k)
	}
	o.get("/api/kpis?value=true", &list)
	if v := list.KPIs[1].Value; v == nil || *v.Series[0].Value != 1 {
		t.Errorf("%+v", v)
	}
	var one kpiListed
	o.get("/api/kpis/calls", &one)
	if one.Name != "calls" || len(one.By) != 0 || one.Thresholds != nil {
		t.Errorf("%+v", one)
	}
}

// kpiListed is kpiJSON as a client reads it.
type kpiListed struct {
	kpiJSON
	Definition map[string]any `json:"definition"`
	Versions   []struct {
		KPIVersion
		Definition map[string]any `json:"definition"`
	} `json:"versions"`
	Value *kpiValue `json:"value"`
}
