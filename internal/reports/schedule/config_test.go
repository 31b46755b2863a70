package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/reports"
	"github.com/hms-ops/hms-monitor/internal/units"
)

func takes(receiver string) (known, can bool) { return receiver != "nobody", receiver == "leads" }

func good() Report {
	return Report{Name: "shift", Type: Shift, Schedule: "0 6,14,22 * * *", Receivers: []string{"leads"}}
}

func TestFaultsOfReports(t *testing.T) {
	if err := (Config{good()}).Validate(takes).Err(); err != nil {
		t.Fatal(err)
	}
	for says, spoil := range map[string]func(*Report){
		"0.name: \"Shift report\" is no name":            func(r *Report) { r.Name = "Shift report" },
		"0.title: is one line":                           func(r *Report) { r.Title = "a\r\nBcc: b" },
		"0.type: \"monthly\" is not known":               func(r *Report) { r.Type = "monthly" },
		"0.schedule: \"0 7 * *\" has 4 fields":           func(r *Report) { r.Schedule = "0 7 * *" },
		"0.schedule: \"@daily\" has 1 fields":            func(r *Report) { r.Schedule = "@daily" },
		"0.schedule: \"0 25 * * *\" is no schedule":      func(r *Report) { r.Schedule = "0 25 * * *" },
		"0.schedule: never comes":                        func(r *Report) { r.Schedule = "0 7 30 2 *" },
		"0.schedule: has times that are 5m0s apart":      func(r *Report) { r.Schedule = "*/5 * * * *" },
		"0.schedule: has times that are more than 100 d": func(r *Report) { r.Schedule = "0 7 1 1 *" },
		"0.time_zone: \"america/new york\" is no time zone of the IANA database, such as America/New_York; did you mean \"America/New_York\"?": func(r *Report) { r.TimeZone = "america/new york" },
		"0.language: \"fr\" is not known: write en":      func(r *Report) { r.Language = "fr" },
		"0.catch_up: is 8d, must":                        func(r *Report) { r.CatchUp = units.Duration(192 * time.Hour) },
		"0.receivers: name at least one":                 func(r *Report) { r.Receivers = nil },
		"0.receivers.1: there is no receiver \"nobody\"": func(r *Report) { r.Receivers = []string{"leads", "nobody"} },
		"0.receivers.0: \"pager\" has nothing that take": func(r *Report) { r.Receivers = []string{"pager"} },
	} {
		r := good()
		spoil(&r)
		if err := (Config{r}).Validate(takes).Err(); err == nil || !strings.HasPrefix(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %s", err, says)
		}
	}
	if err := (Config{good(), good()}).Validate(takes).Err(); err == nil || !strings.Contains(err.Error(), "1.name: another report") {
		t.Error(err)
	}
}

func TestPlansTakeWhatTheAgencyHas(t *testing.T) {
	own := good()
	own.Name, own.TimeZone, own.Language, own.CatchUp = "own", "Europe/Madrid", "en", units.Duration(time.Hour)
	plans, err := Config{good(), own}.Plans(zone(t, "America/New_York"), reports.Spanish)
	if err != nil {
		t.Fatal(err)
	}
	if p := plans[0]; p.Zone().String() != "America/New_York" || p.Language != reports.Spanish || time.Duration(p.CatchUp) != DefaultCatchUp {
		t.Errorf("%+v", p)
	}
	if p := plans[1]; p.Zone().String() != "Europe/Madrid" || p.Language != reports.English || time.Duration(p.CatchUp) != time.Hour {
		t.Errorf("%+v", p)
	}
}
