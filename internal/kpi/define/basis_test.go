package define

import (
	"testing"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// The same definition over other business hours is another one.
func TestBusinessHoursAreTheBasisOfADefinition(t *testing.T) {
	basis := func(text, hours string) string {
		t.Helper()
		all, err := calendar.Config{{Name: "office", TimeZone: "America/New_York", Hours: map[string]string{"mon-fri": hours}}}.Build(".")
		if err != nil {
			t.Fatal(err)
		}
		d, document := Parse("test", []byte(text), &kpi.Env{Calendars: all})
		if err := document.Err(); err != nil {
			t.Fatal(err)
		}
		return d.Basis
	}
	for _, text := range []string{
		`{name: a, type: sla, target: 8h, calendar: office}`,
		`{name: b, type: sla, goals: [{name: g, target: 8h, calendar: office}]}`,
		`{name: c, type: first_response, calendar: office}`,
	} {
		if early := basis(text, "08:00-16:00"); early == "" || early == basis(text, "09:00-17:00") || early != basis(text, "08:00-16:00") {
			t.Errorf("%s has the basis %q whatever the hours", text, early)
		}
	}
	if got := basis(`{name: d, type: sla, target: 8h}`, "08:00-16:00"); got != "" {
		t.Errorf("without a calendar the basis is %q", got)
	}
}
