package config

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// blocks are the ```yaml parts of a page.
func blocks(t *testing.T, page string) (found []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(text), "```yaml\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		found = append(found, block)
	}
	return found
}

func TestDocumentedConfigurationsAreValid(t *testing.T) {
	for _, page := range []string{"configuration.md", "get-started.md"} {
		found := blocks(t, page)
		if len(found) == 0 {
			t.Errorf("docs/%s shows no configuration", page)
		}
		for _, block := range found {
			if _, err := Parse("docs/"+page, []byte(block)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestReferenceShowsTheDefaults(t *testing.T) {
	c, err := Parse("docs/configuration.md", []byte(blocks(t, "configuration.md")[0]))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Auth.Tokens) == 0 {
		c.Auth.Tokens = nil
	}
	want := Default()
	want.dir = c.dir
	if len(c.Events)+len(c.Calendars)+len(c.KPIs)+len(c.Boards)+len(c.Reports) == 0 {
		c.Events, c.Calendars, c.KPIs, c.Boards, c.Reports = nil, nil, nil, nil, nil
	}
	// Lists shown empty are as good as none.
	c.Alerting.Rules, c.Alerting.ExternalLabels, c.Alerting.Detectors, c.Alerting.Receivers = nil, nil, nil, nil
	if !reflect.DeepEqual(c, want) {
		t.Errorf("docs/configuration.md says %+v, the defaults are %+v", c, want)
	}
}

func TestReferenceNamesEveryKey(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	reference := string(text)
	var walk func(typ reflect.Type)
	walk = func(typ reflect.Type) {
		for f := range typ.Fields() {
			key := f.Tag.Get("yaml")
			if !strings.Contains(reference, key+":") {
				t.Errorf("docs/configuration.md does not name %s", key)
			}
			if f.Type.Kind() == reflect.Struct && key != "warning" && key != "critical" {
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[Config]())
	walk(reflect.TypeFor[alert.Threshold]())
}
