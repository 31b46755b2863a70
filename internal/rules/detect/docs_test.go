package detect

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// The page names every type and every key, and its example is valid.
func TestThePageIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../../docs/detectors.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	_, example, _ := strings.Cut(page, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	var file struct {
		KPIs     define.Definitions `yaml:"kpis"`
		Alerting struct {
			Detectors Config `yaml:"detectors"`
		} `yaml:"alerting"`
	}
	d := strict.Decode("docs/detectors.md", []byte(example), &file)
	env := kpi.Env{KPIs: map[string]*kpi.Definition{}}
	d.Place(file.KPIs.Validate(&env).Under("kpis"))
	for _, l := range file.KPIs.List() {
		env.KPIs[l.Name] = l
	}
	d.Place(file.Alerting.Detectors.Validate(&env).Under("alerting", "detectors"))
	if err := d.Err(); err != nil {
		t.Error(err)
	}
	used := map[string]bool{}
	for _, e := range file.Alerting.Detectors {
		used[e.Type] = true
	}
	for name, kind := range types() {
		if !used[name] {
			t.Errorf("the example has no %s", name)
		}
		_, section, ok := strings.Cut(page, "## "+name)
		if !ok {
			if _, section, ok = strings.Cut(page, ", "+name); !ok { // two types in one
				t.Errorf("the page has no section on %s", name)
			}
		}
		section, _, _ = strings.Cut(section, "\n## ")
		common, _, _ := strings.Cut(page, "## burn_rate")
		spec := reflect.TypeOf(kind.spec()).Elem()
		for field := range spec.Fields() {
			if key := field.Tag.Get("yaml"); key != "" && !strings.Contains(section+common, fmt.Sprintf("`%s`", key)) {
				t.Errorf("the section on %s says nothing of %s", name, key)
			}
		}
	}
}
