package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

//go:embed summary.html.tmpl
var page string

// Mail is a summary as people read it away from the dashboard.
type Mail struct {
	*Summary
	// Title heads it; "" for the usual words.
	Title string
	// Zone is that of the times, named beside them.
	Zone     *time.Location
	Language Language
	// Link leads to the dashboard; "" for none.
	Link string
	// Test says that it was asked for to see how it comes.
	Test bool
}

// T are the words of the mail's language.
func (m Mail) T() *phrases { return m.Language.phrases() }

// Heading is the title, or the usual words.
func (m Mail) Heading() string {
	if m.Title != "" {
		return m.Title
	}
	return m.T().Heading
}

// Subject is the line by which the mail is known.
func (m Mail) Subject() string {
	p := m.T()
	subject := fmt.Sprintf(p.Subject, m.Heading(), m.Period(), m.Standing())
	if m.Test {
		return fmt.Sprintf(p.Test, subject)
	}
	return subject
}

// Standing says how many KPIs are bad.
func (m Mail) Standing() string {
	p, bad := m.T(), map[string]int{}
	for _, k := range m.KPIs {
		bad[k.State]++
	}
	var all []string
	if n := bad["critical"]; n > 0 {
		all = append(all, fmt.Sprintf(p.NCritical, n))
	}
	if n := bad["warning"]; n > 0 {
		all = append(all, fmt.Sprintf(p.NWarning, n))
	}
	if len(all) == 0 {
		return p.AllOK
	}
	return strings.Join(all, ", ")
}

// Period is the span in words, with the zone.
func (m Mail) Period() string {
	p := m.T()
	from, to := time.UnixMilli(m.From).In(m.Zone), time.UnixMilli(m.To).In(m.Zone)
	end := to.Format("15:04 MST")
	switch {
	case from.Year() != to.Year():
		end = p.FullDate(p, to) + ", " + end
	case from.YearDay() != to.YearDay():
		end = p.Date(p, to) + ", " + end
	}
	return fmt.Sprintf(p.Period, p.FullDate(p, from)+", "+from.Format("15:04"), end)
}

// Time is an instant in the mail's zone.
func (m Mail) Time(ms int64) string {
	p, t := m.T(), time.UnixMilli(ms).In(m.Zone)
	return p.Date(p, t) + ", " + t.Format("15:04")
}

// ZoneLine names the zone of the times.
func (m Mail) ZoneLine() string { return fmt.Sprintf(m.T().Zone, m.Zone) }

// NotOver says so of a span that is not over; "" where it is.
func (m Mail) NotOver() string {
	if m.Over {
		return ""
	}
	return fmt.Sprintf(m.T().NotOver, m.Time(m.To))
}

// HTML writes the mail with its styles inline, as mail programs want them: no
// script, no picture, nothing that is loaded.
func (m Mail) HTML(w io.Writer) error {
	t, err := template.New("summary").Funcs(template.FuncMap{"join": strings.Join}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, m)
}

// Text writes the same for those who read mail without HTML.
func (m Mail) Text(w io.Writer) error {
	p := m.T()
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) } // Flush tells
	rest := func(all, shown int) {
		if text := p.Rest(all, shown); text != "" {
			line("  %s", text)
		}
	}
	line("%s", m.Subject())
	line("%s", m.ZoneLine())
	if text := m.NotOver(); text != "" {
		line("%s", text)
	}
	line("\n%s", p.AgainstBefore)
	for _, k := range m.KPIs {
		line("  %s\t%s\t%s\t%s\t%s", k.Title, p.Val(k.Value, k.Unit), p.StateName(k.State), p.Change(k), p.Target(k))
		for _, g := range k.Worst {
			line("    %s\t\t%s", p.Group(g, k.Unit), p.StateName(g.State))
		}
	}
	line("\n%s: %s, %s", p.Alerts, p.NStood.Count(m.Alerts.Series), p.NStanding.Count(m.Alerts.Standing))
	for _, f := range m.Alerts.Shown {
		standing := p.Over
		if f.Standing {
			standing = p.Standing
		}
		line("  %s\t%s %s\t%s\t%s", p.StateName(f.Worst), f.Rule, p.Tags(f.Tags), p.Length(f.DurationMs), standing)
	}
	rest(m.Alerts.Series, len(m.Alerts.Shown))
	line("\n%s: %s, %s", p.Cases, p.NMissed.Count(m.Cases.Count), p.NOpen.Count(m.Cases.Open))
	for _, b := range m.Cases.Shown {
		line("  %s\t%s\t"+p.Due+"\t"+p.Late, b.CaseID, p.Tags(b.Tags), m.Time(b.Deadline), p.Length(b.OverrunMs))
	}
	rest(m.Cases.Count, len(m.Cases.Shown))
	line("\n%s: %s", p.Conflicts, p.NConflicts.Count(m.Conflicts.Open))
	for _, c := range m.Conflicts.Shown {
		line("  %s\t%s\t"+p.SinceTime, c.CaseID, strings.Join(c.Agents, ", "), m.Time(c.Since))
	}
	rest(m.Conflicts.Open, len(m.Conflicts.Shown))
	if m.Link != "" {
		line("\n%s", m.Link)
	}
	return out.Flush()
}
