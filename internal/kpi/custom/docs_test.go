package custom

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// blocksOf are the fenced blocks of one language in the documentation.
func blocksOf(t *testing.T, language string) (all []string) {
	text, err := os.ReadFile("../../../docs/custom-kpis.md")
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(string(text), "\n```"+language+"\n") {
		body, _, _ := strings.Cut(part, "\n```")
		all = append(all, body)
	}
	return all[1:]
}

func documentedEnv() *kpi.Env {
	metrics := []string{"case.opened", "case.resolved", "case.reopened", "case.cancelled", "call.offered", "call.answered", "call.abandoned", "presence.beat", "survey.answered", "backlog.reported"}
	known := map[string]bool{}
	for _, m := range metrics {
		known[m] = true
	}
	return &kpi.Env{
		Metrics: metrics, KnownMetric: func(name string) bool { return known[name] },
		KPIs: map[string]*kpi.Definition{"case.sla": {Common: kpi.Common{By: []string{"office"}}}, "backlog.permits": {}},
	}
}

func TestDocumentedExamplesAreValid(t *testing.T) {
	type definition struct {
		Name, Type, Expr, Unit string
		Window                 units.Duration
		By                     []string
		Thresholds             any
	}
	examples := blocksOf(t, "yaml")
	if len(examples) != 11 {
		t.Fatalf("%d examples", len(examples))
	}
	for i, text := range examples {
		var d definition
		if i == 0 {
			var list struct{ KPIs []definition }
			if err := yaml.UnmarshalWithOptions([]byte(text), &list, yaml.Strict()); err != nil {
				t.Fatal(err)
			}
			d = list.KPIs[0]
		} else if err := yaml.UnmarshalWithOptions([]byte(text), &d, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		s := &Spec{Expr: d.Expr, Unit: d.Unit}
		if faults := s.Validate(&kpi.Common{Name: d.Name, By: d.By}, documentedEnv()); faults != nil || d.Type != "custom" || d.Window == 0 {
			t.Errorf("%s: %v", d.Name, faults)
		}
		if isShare := strings.Contains(text, "share") && i > 0 || d.Name == "calls.within.60s"; isShare && s.formula.Share == nil {
			t.Errorf("%s is documented as a share", d.Name)
		}
	}
}

func TestDocumentedFaultsAreTold(t *testing.T) {
	for pair := range strings.SplitSeq(blocksOf(t, "faults")[0], "\n\n") {
		expr, want, _ := strings.Cut(pair, "\n")
		s := &Spec{Expr: expr}
		faults := s.Validate(&kpi.Common{}, documentedEnv())
		if len(faults) != 1 || faults[0].Detail != want {
			t.Errorf("%s\n got %v\nwant %s", expr, faults, want)
		}
	}
}
