package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/notify"
	"github.com/hms-ops/hms-monitor/internal/reports"
	"github.com/hms-ops/hms-monitor/internal/reports/schedule"
)

// Zone is the agency's time zone, UTC where none is given.
func (c Config) Zone() *time.Location {
	zone, err := calendar.Location(c.TimeZone)
	if err != nil {
		return time.UTC // Validate says so of one that is not known
	}
	return zone
}

// ReportLanguage is the agency's, English where none is given.
func (c Config) ReportLanguage() reports.Language {
	if l := reports.Language(c.Language); l.Known() {
		return l
	}
	return reports.English
}

// ReportPlans are the reports that are sent by themselves.
func (c Config) ReportPlans() ([]*schedule.Plan, error) {
	plans, err := c.Reports.Plans(c.Zone(), c.ReportLanguage())
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	return plans, nil
}

func (c Config) validateAgency() (faults fault.List) {
	if c.TimeZone != "" {
		if _, err := calendar.Location(c.TimeZone); err != nil {
			faults.Add(err.Error(), "time_zone")
		}
	}
	if c.Language != "" && !reports.Language(c.Language).Known() {
		faults.Add(reports.UnknownLanguage(c.Language), "language")
	}
	return faults
}

// validateReports looks for the receivers in a routing; without one, as where
// that has faults of its own, every receiver is taken for good.
func (c Config) validateReports(routing *notify.Routing) fault.List {
	return c.Reports.Validate(func(receiver string) (known, can bool) {
		if routing == nil {
			return true, true
		}
		can = slices.ContainsFunc(routing.Integrations(receiver), func(kind string) bool { return kind == "email" || kind == "webhook" }) ||
			slices.ContainsFunc(c.Alerting.Receivers, func(r Receiver) bool { return r.Name == receiver && len(r.SignedWebhooks) > 0 })
		return slices.Contains(routing.Names(), receiver), can
	})
}
