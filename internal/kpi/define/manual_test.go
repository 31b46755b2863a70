package define

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

var update = flag.Bool("update", false, "write docs/kpis.md anew")

const (
	page = "../../../docs/kpis.md"
	mark = "<!-- What follows is generated from the types themselves: go test ./internal/kpi/define -args -update -->\n"
)

// TestReference holds the second part of docs/kpis.md to the types of KPI.
func TestReference(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(text), mark)
	if !found {
		t.Fatalf("docs/kpis.md lacks the line %q", mark)
	}
	var b strings.Builder
	b.WriteString(head + mark)
	for _, name := range slices.Sorted(maps.Keys(types())) {
		describe(&b, name, types()[name])
	}
	b.WriteString("\n## The defaults\n\nWithout any configuration these are measured:\n\n```yaml\n" + string(defaults) + "```\n")
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != b.String() {
		t.Error("docs/kpis.md is not what the types say: go test ./internal/kpi/define -args -update")
	}
}

func describe(b *strings.Builder, name string, k kind) {
	m := k.manual()
	d, _ := Parse("example", []byte(m.Example), exampleEnv())
	unit := ""
	if d != nil {
		unit = d.Spec.Describe(&d.Common).Unit
	}
	fmt.Fprintf(b, "\n## `%s`\n\n%s\n\n**Value** (%s). %s\n\n", name, m.Answers, unit, m.Formula)
	b.WriteString("| key | |\n|---|---|\n")
	for _, key := range slices.Sorted(maps.Keys(m.Keys)) {
		fmt.Fprintf(b, "| `%s` | %s |\n", key, m.Keys[key])
	}
	b.WriteString("\n| figure | |\n|---|---|\n")
	for _, key := range slices.Sorted(maps.Keys(m.Figures)) {
		fmt.Fprintf(b, "| `%s` | %s |\n", key, m.Figures[key])
	}
	fmt.Fprintf(b, "\n```yaml\n%s```\n\n", m.Example)
	for _, edge := range m.Edges {
		fmt.Fprintf(b, "- %s\n", edge)
	}
	fmt.Fprintf(b, "\nSources: %s\n", strings.Join(m.Sources, " "))
}

func exampleEnv() *kpi.Env {
	federal, err := calendar.Config{{Name: "federal", TimeZone: "America/New_York", Hours: map[string]string{"mon-fri": "08:00-17:00"}}}.Build(".")
	if err != nil {
		panic(err)
	}
	other := &kpi.Definition{Common: kpi.Common{Name: "case.sla", Type: "sla"}}
	return &kpi.Env{Calendars: federal, KPIs: map[string]*kpi.Definition{"case.sla": other}}
}

func TestEveryTypeIsExplainedWhole(t *testing.T) {
	for name, k := range types() {
		m := k.manual()
		if m.Answers == "" || m.Formula == "" || len(m.Sources) == 0 || len(m.Edges) == 0 || len(m.Figures) == 0 {
			t.Errorf("the manual of %s lacks a part: %+v", name, m)
		}
		d, document := Parse("example of "+name, []byte(m.Example), exampleEnv())
		if err := document.Err(); err != nil {
			t.Error(err)
			continue
		}
		if d.Type != name {
			t.Errorf("the example of %s is a %s", name, d.Type)
		}
		if about := d.Spec.Describe(&d.Common); about.Unit == "" || about.Formula == "" {
			t.Errorf("%s does not describe itself: %+v", name, about)
		}
		keys := specKeys(reflect.TypeOf(k.spec()).Elem())
		for _, key := range keys {
			if m.Keys[key] == "" {
				t.Errorf("the manual of %s does not explain the key %s", name, key)
			}
		}
		for key := range m.Keys {
			if !slices.Contains(keys, key) {
				t.Errorf("the manual of %s explains %s, which is no key", name, key)
			}
		}
	}
}

func specKeys(typ reflect.Type) (keys []string) {
	for f := range typ.Fields() {
		if key, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return keys
}

func TestDefaultsAreValid(t *testing.T) {
	all, err := Defaults()
	if err != nil || len(all) == 0 {
		t.Fatal(err)
	}
}
