package reports

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var verb = regexp.MustCompile(`%[a-z%]`)

// texts are all phrases by name, with the verbs in them; what depends on keys
// has those as well.
func texts(p *phrases) map[string]string {
	all := map[string]string{}
	v := reflect.ValueOf(*p)
	for f, value := range v.Fields() {
		switch x := value.Interface().(type) {
		case string:
			all[f.Name] = x
		case counted:
			all[f.Name+".One"], all[f.Name+".Many"] = x.One, x.Many
		case map[string]string:
			for key, text := range x {
				all[f.Name+"."+key] = text
			}
		case []string:
			for i, text := range x {
				all[f.Name+"."+string(rune('a'+i))] = text
			}
		}
	}
	return all
}

// Units of English beyond these are read as they are written.
func TestLanguagesSayTheSame(t *testing.T) {
	en, es := texts(english()), texts(spanish())
	alike := []string{"Subject", "NStanding.One", "NStanding.Many", "Months", "Up", "Down"}
	for name, text := range en {
		other := es[name]
		if text == "" || other == "" {
			t.Errorf("%s is missing: %q, %q", name, text, other)
		}
		verbs := func(s string) []string { all := verb.FindAllString(s, -1); slices.Sort(all); return all }
		if !slices.Equal(verbs(text), verbs(other)) {
			t.Errorf("%s has other verbs: %q, %q", name, text, other)
		}
		group, _, _ := strings.Cut(name, ".")
		if text == other && !slices.Contains(alike, name) && !slices.Contains(alike, group) {
			t.Errorf("%s is alike in both: %q", name, text)
		}
	}
	for name := range es {
		if _, known := en[name]; !known && !strings.HasPrefix(name, "Units.") {
			t.Errorf("%s is there in Spanish alone", name)
		}
	}
}

func TestMailInSpanish(t *testing.T) {
	o := busy(t)
	s, err := o.sources(nil).Make(t.Context(), shift)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip("no zones here: ", err)
	}
	m := Mail{Summary: s, Zone: zone, Language: Spanish, Link: "https://monitor.example.org/reports", Title: "Turno de noche", Test: true}
	if want := "Prueba: Turno de noche, dom 1 mar 2026, 23:00 a 2 mar, 07:00 EST: 1 en estado crítico, 1 en advertencia"; m.Subject() != want {
		t.Errorf("%s, want %s", m.Subject(), want)
	}
	var html, text strings.Builder
	if err := m.HTML(&html); err != nil {
		t.Fatal(err)
	}
	if err := m.Text(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"0.625 por hora", "sube 0.125 por hora", "advertencia por debajo de 1", "Horas en America/New_York", "objetivo 90.0 %",
		"2 casos en este tiempo, 1 sigue abierto", "Crítico",
	} {
		for form, got := range map[string]string{"HTML": html.String(), "text": text.String()} {
			if !strings.Contains(got, want) {
				t.Errorf("the %s has no %q:\n%s", form, want, got)
			}
		}
	}
	if !strings.Contains(html.String(), `<html lang="es">`) {
		t.Error("the HTML does not say its language")
	}
}

func TestPeriods(t *testing.T) {
	at := func(text string) int64 {
		ms, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return ms.UnixMilli()
	}
	for want, span := range map[string][2]string{
		"Mon Mar 2, 2026, 06:00 to 14:00 UTC":                   {"2026-03-02T06:00:00Z", "2026-03-02T14:00:00Z"},
		"Mon Mar 2, 2026, 00:00 to Mar 9, 00:00 UTC":            {"2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"},
		"Mon Dec 29, 2025, 00:00 to Mon Jan 5, 2026, 00:00 UTC": {"2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"},
		"Wed Dec 31, 2025, 22:00 to Thu Jan 1, 2026, 06:00 UTC": {"2025-12-31T22:00:00Z", "2026-01-01T06:00:00Z"},
		"Thu Jan 1, 2026, 00:00 to Fri Jan 1, 2027, 00:00 UTC":  {"2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
	} {
		m := Mail{Summary: &Summary{From: at(span[0]), To: at(span[1])}, Zone: time.UTC, Language: English}
		if got := m.Period(); got != want {
			t.Errorf("%v: %s, want %s", span, got, want)
		}
	}
}
