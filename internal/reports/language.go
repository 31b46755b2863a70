package reports

import (
	"fmt"
	"strconv"
	"time"
)

// Language is that of a report as people read it.
type Language string

// The languages of reports.
const (
	English Language = "en"
	Spanish Language = "es"
)

// Known tells whether reports can be written in it.
func (l Language) Known() bool { return l == English || l == Spanish }

// UnknownLanguage says what to write instead of a language that is not known.
func UnknownLanguage(name string) string {
	return fmt.Sprintf("%q is not known: write en for English or es for Spanish", name)
}

func (l Language) phrases() *phrases {
	if l == Spanish {
		return spanish()
	}
	return english()
}

// phrases are all words of a report in one language. Those with a verb of fmt
// take what it stands for.
type phrases struct {
	Lang, Heading, Test, Link, Zone, NotOver, Subject, Period   string
	AllOK, NCritical, NWarning                                  string
	KPIs, KPI, Value, State, Against, AgainstBefore             string
	NothingBefore, NoChange, Up, Down, Points, Percent          string
	Goal, NoTarget, WarningAt, CriticalAt                       string
	Alerts, Alert, Worst, StoodFor, AtEnd, Standing, Over       string
	Cases, Case, WasDue, LateBy, Now, Open, Closed, Due, Late   string
	Conflicts, Agents, Since, SinceTime, NoTag                  string
	NStood, NStanding, NMissed, NOpen, NConflicts, NTimes, More counted
	States, Units, Comparisons                                  map[string]string
	Months, Days                                                []string
	// Date has the day and the month, FullDate the weekday and the year as well.
	Date, FullDate func(p *phrases, t time.Time) string
}

// counted is a phrase for one and for several; both take the number.
type counted struct{ One, Many string }

// Count is "1 case", "2 cases".
func (c counted) Count(n int) string {
	text := c.Many
	if n == 1 {
		text = c.One
	}
	return fmt.Sprintf(text, grouped(strconv.Itoa(n)))
}

func english() *phrases {
	return &phrases{
		Lang: "en", Heading: "Summary of operations", Test: "Test: %s", Link: "Open this summary in the dashboard", Zone: "Times in %s",
		NotOver: "This span is not over: figures are up to %s.", Subject: "%s, %s: %s", Period: "%s to %s",
		AllOK: "no KPI at warning or critical", NCritical: "%d critical", NWarning: "%d warning",
		KPIs: "KPIs", KPI: "KPI", Value: "Value", State: "State", Against: "Against the span before", AgainstBefore: "KPIs, against the span before",
		NothingBefore: "nothing to compare with", NoChange: "no change", Up: "up %s", Down: "down %s", Points: "%s points", Percent: "%s%%",
		Goal: "goal %s", NoTarget: "no target", WarningAt: "warning %s", CriticalAt: "critical %s",
		Alerts: "Alerts", Alert: "Alert", Worst: "Worst", StoodFor: "Stood for", AtEnd: "At the end", Standing: "Still standing", Over: "Over",
		Cases: "Cases that missed their deadline", Case: "Case", WasDue: "Was due", LateBy: "Late by", Now: "Now", Open: "Open", Closed: "Closed",
		Due: "due %s", Late: "%s late",
		Conflicts: "Conflicts", Agents: "Agents", Since: "Since", SinceTime: "since %s", NoTag: "(none)",
		NStood: counted{"%s alert stood in this time", "%s alerts stood in this time"}, NStanding: counted{"%s at its end", "%s at its end"},
		NMissed: counted{"%s case in this time", "%s cases in this time"}, NOpen: counted{"%s still open", "%s still open"},
		NConflicts: counted{"%s conflict open at the end", "%s conflicts open at the end"}, NTimes: counted{"%s time", "%s times"},
		More:        counted{"%s more is not listed.", "%s more are not listed."},
		States:      map[string]string{"ok": "OK", "warning": "Warning", "critical": "Critical", "undetermined": "Undetermined", "no_data": "No data"},
		Units:       map[string]string{"1/h": "per hour", "1/min": "per minute", "1/d": "per day", "h": "hours", "min": "minutes", "s": "seconds"},
		Comparisons: map[string]string{"below": "below", "above": "above", "at most": "at most", "at least": "at least"},
		Months:      []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		Days:        []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		Date:        func(p *phrases, t time.Time) string { return fmt.Sprintf("%s %d", p.Months[t.Month()-1], t.Day()) },
		FullDate: func(p *phrases, t time.Time) string {
			return fmt.Sprintf("%s %s, %d", p.Days[t.Weekday()], p.Date(p, t), t.Year())
		},
	}
}

func spanish() *phrases {
	return &phrases{
		Lang: "es", Heading: "Resumen de operaciones", Test: "Prueba: %s", Link: "Abrir este resumen en el panel", Zone: "Horas en %s",
		NotOver: "Este tiempo no ha terminado: las cifras llegan hasta el %s.", Subject: "%s, %s: %s", Period: "%s a %s",
		AllOK: "ningún indicador en advertencia ni crítico", NCritical: "%d en estado crítico", NWarning: "%d en advertencia",
		KPIs: "Indicadores (KPI)", KPI: "Indicador", Value: "Valor", State: "Estado", Against: "Frente al tiempo anterior", AgainstBefore: "Indicadores (KPI), frente al tiempo anterior",
		NothingBefore: "nada con que comparar", NoChange: "sin cambio", Up: "sube %s", Down: "baja %s", Points: "%s puntos", Percent: "%s %%",
		Goal: "objetivo %s", NoTarget: "sin objetivo", WarningAt: "advertencia %s", CriticalAt: "crítico %s",
		Alerts: "Alertas", Alert: "Alerta", Worst: "Lo peor", StoodFor: "Duró", AtEnd: "Al final", Standing: "Sigue activa", Over: "Terminada",
		Cases: "Casos que no cumplieron su plazo", Case: "Caso", WasDue: "Vencía", LateBy: "Retraso", Now: "Ahora", Open: "Abierto", Closed: "Cerrado",
		Due: "vencía el %s", Late: "%s de retraso",
		Conflicts: "Conflictos", Agents: "Agentes", Since: "Desde", SinceTime: "desde el %s", NoTag: "(ninguno)", //nolint:misspell // Spanish
		NStood: counted{"%s alerta activa en este tiempo", "%s alertas activas en este tiempo"}, NStanding: counted{"%s al final", "%s al final"},
		NMissed: counted{"%s caso en este tiempo", "%s casos en este tiempo"}, NOpen: counted{"%s sigue abierto", "%s siguen abiertos"},
		NConflicts: counted{"%s conflicto abierto al final", "%s conflictos abiertos al final"}, NTimes: counted{"%s vez", "%s veces"}, //nolint:misspell // Spanish
		More:   counted{"%s más no figura en la lista.", "%s más no figuran en la lista."},
		States: map[string]string{"ok": "Correcto", "warning": "Advertencia", "critical": "Crítico", "undetermined": "Sin determinar", "no_data": "Sin datos"},
		Units: map[string]string{
			"1/h": "por hora", "1/min": "por minuto", "1/d": "por día", "h": "horas", "min": "minutos", "s": "segundos",
			"cases": "casos", "points": "puntos", "score": "puntos", "stars": "estrellas", "conflicts": "conflictos", //nolint:misspell // Spanish
		},
		Comparisons: map[string]string{"below": "por debajo de", "above": "por encima de", "at most": "como mucho", "at least": "al menos"},
		Months:      []string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"},
		Days:        []string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"},
		Date:        func(p *phrases, t time.Time) string { return fmt.Sprintf("%d %s", t.Day(), p.Months[t.Month()-1]) },
		FullDate: func(p *phrases, t time.Time) string {
			return fmt.Sprintf("%s %s %d", p.Days[t.Weekday()], p.Date(p, t), t.Year())
		},
	}
}
