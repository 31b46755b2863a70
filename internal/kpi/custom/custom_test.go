package custom

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/units"
)

const hour = 3_600_000

// define makes an evaluator of a definition without faults.
func define(t testing.TB, c *kpi.Common, env *kpi.Env, expr string) *Evaluator {
	t.Helper()
	s := New()
	s.Expr = expr
	if faults := s.Validate(c, env); faults != nil {
		t.Fatalf("%s: %v", expr, faults)
	}
	return s.New(c, env).(*Evaluator)
}

func tags(pairs ...string) (all []event.Tag) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, event.Tag{Key: pairs[i], Value: pairs[i+1]})
	}
	return all
}

func calls() *event.Block {
	return event.Of(
		event.Event{Metric: "call.offered", Time: 0, Tags: tags("queue", "permits", "callId", "1")},
		event.Event{Metric: "call.answered", Time: 10, Value: 30, Tags: tags("queue", "permits", "agentId", "x")},
		event.Event{Metric: "call.answered", Time: 20, Value: 90, Tags: tags("queue", "permits", "agentId", "x")},
		event.Event{Metric: "call.answered", Time: 20, Value: 60, Tags: tags("queue", "licenses", "agentId", "y")},
		event.Event{Metric: "call.abandoned", Time: 30, Value: 5},
		event.Event{Metric: "call.answered", Time: hour, Value: 1000, Tags: tags("agentId", "z")}, // not within the hour
	)
}

func TestAnswers(t *testing.T) {
	none := math.NaN()
	for expr, want := range map[string]struct {
		value float64
		n     int64
	}{
		`count("call.answered", value <= 60) / count("call.answered")`:       {2. / 3, 3},
		`count("call.answered", queue == "permits") / count("call.*")`:       {2. / 5, 5},
		`count("call.*") / hours`:                                            {5, 5},
		`sum("call.answered")`:                                               {180, 3},
		`avg("call.answered")`:                                               {60, 3},
		`min("call.answered")`:                                               {30, 3},
		`max("call.answered")`:                                               {90, 3},
		`last("call.answered")`:                                              {90, 3}, // of two at one instant the greater
		`quantile(0.5, "call.answered")`:                                     {60, 3},
		`quantile(0.9, "call.answered")`:                                     {90, 3},
		`distinct(agentId, "call.answered")`:                                 {2, 3},
		`distinct(agentId, "call.*", queue == "permits")`:                    {1, 2},
		`count("call.transferred")`:                                          {0, 0},
		`distinct(agentId, "call.transferred")`:                              {0, 0},
		`sum("call.transferred")`:                                            {none, 0},
		`count("call.answered") / count("call.transferred")`:                 {none, 0},
		`default(sum("call.transferred"), 0) + count("call.offered")`:        {1, 1},
		`max("call.answered") > 60 ? count("call.answered", value > 60) : 0`: {1, 4},
	} {
		e := define(t, &kpi.Common{}, nil, expr)
		e.Apply(kpi.NewBatch(calls(), kpi.NewKeys()))
		s := e.Value(kpi.Query{From: 0, At: hour, Now: hour})[0]
		if s.Value != want.value && !(math.IsNaN(s.Value) && math.IsNaN(want.value)) || s.N != want.n {
			t.Errorf("%s is %v of %d, want %v of %d", expr, s.Value, s.N, want.value, want.n)
		}
	}
}

func TestGroupsAndFigures(t *testing.T) {
	c := &kpi.Common{By: []string{"queue"}}
	e := define(t, c, nil, `count("call.answered", value <= 60) / count("call.answered")`)
	e.Apply(kpi.NewBatch(calls(), kpi.NewKeys()))
	all := e.Value(kpi.Query{From: 0, At: 2 * hour, Now: hour, By: []int{0}})
	var got []string
	for _, s := range all {
		got = append(got, fmt.Sprintf("%v %v %d", s.Tags, s.Value, s.N))
	}
	if want := "[] 0.5 4|[{queue }] 0 1|[{queue licenses}] 1 1|[{queue permits}] 0.5 2"; strings.Join(got, "|") != want {
		t.Error(got)
	}
	f := all[0].Figures.(Figures)
	if !f.Partial || len(f.Parts) != 2 || *f.Parts[0].Value != 2 || f.Parts[0].Text != `count("call.answered", value <= 60)` || f.Parts[1].N != 4 {
		t.Errorf("%+v", f)
	}
	if all[0].Interval == nil || all[0].Interval[0] > .5 || all[0].Interval[1] < .5 {
		t.Errorf("interval %v", all[0].Interval)
	}
	if brief := e.Value(kpi.Query{From: 0, At: hour, Brief: true})[0]; brief.Figures != nil || brief.Interval != nil {
		t.Errorf("%+v", brief)
	}
	e = define(t, c, nil, `count("call.answered") / count("call.offered")`)
	e.Apply(kpi.NewBatch(calls(), kpi.NewKeys()))
	if s := e.Value(kpi.Query{From: 0, At: hour})[0]; s.Interval != nil {
		t.Error("an interval of what is no share")
	}
}

func TestChangesByTimeAlone(t *testing.T) {
	e := define(t, &kpi.Common{}, nil, `distinct(agentId, "call.answered") + sum("call.answered")`)
	e.Apply(kpi.NewBatch(calls(), kpi.NewKeys()))
	for _, v := range []struct {
		from, to int64
		want     bool
	}{{9, 10, false}, {10, 11, true}, {21, 22, false}, {hour, hour + 1, true}, {hour + 5, hour + 9, false}, {hour + 5, hour + 11, true}, {9 * hour, 10 * hour, false}} {
		if got := e.Changes(v.from, v.to, hour); got != v.want {
			t.Errorf("from %d to %d: %v", v.from, v.to, got)
		}
	}
	e = define(t, &kpi.Common{}, nil, `kpi("x")`)
	if !e.Changes(0, 1, hour) {
		t.Error("another KPI may change at any time")
	}
}

func TestSpec(t *testing.T) {
	c := &kpi.Common{By: []string{"office", "queue"}}
	s := New()
	s.Expr = "count(\"call.*\",\n queue == \"x\") / count(\"call.*\") + distinct(agentId, \"case.resolved\", office != \"\") + kpi(\"k\")"
	if faults := s.Validate(c, nil); faults != nil {
		t.Fatal(faults)
	}
	r := s.Reads(c)
	if got := fmt.Sprint(r.Metrics, r.Tags); got != "[call.* case.resolved] [office queue agentId]" {
		t.Error(got)
	}
	if d := s.Describe(c); d.Unit != "1" || !strings.HasPrefix(d.Formula, `count("call.*", queue == "x") / count("call.*") + `) {
		t.Errorf("%+v", d)
	}
	if got := s.Refers(); !slices.Equal(got, []string{"k"}) {
		t.Error(got)
	}
	share := New()
	share.Expr = `count("a", value > 1) / count("a")`
	if share.Validate(&kpi.Common{}, nil); share.Unit != "ratio" {
		t.Error(share.Unit)
	}
}

func TestFaultsOfDefinitions(t *testing.T) {
	refer := func(expr string, by ...string) *kpi.Definition {
		return &kpi.Definition{Common: kpi.Common{By: by}, Spec: &Spec{Expr: expr}}
	}
	env := &kpi.Env{
		Metrics: []string{"case.opened", "case.resolved"}, KnownMetric: func(n string) bool { return strings.HasPrefix(n, "case.") && n != "case.reolved" },
		KPIs: map[string]*kpi.Definition{
			"case.sla": {Common: kpi.Common{By: []string{"office"}, Window: units.Duration(1)}},
			"a":        refer(`kpi("b")`), "b": refer(`kpi("c") + kpi("self")`), "c": refer(`kpi("b")`), "bad": refer(`kpi(`), "self": refer(`1`),
		},
	}
	for expr, want := range map[string]string{
		`kpi("case.sla") * 100`:     "",
		`count("case.*")`:           "",
		`kpi("bad")`:                "",
		`count("*")`:                "",
		`1 + count("case.reolved")`: `expr: 1:11: no event is called "case.reolved"; did you mean "case.resolved"? (a name of your own becomes known by ` + "`events:`" + ` in the configuration, or by its first event) (at: "case.reolved"))`,
		`count("cas.*")`:            `expr: 1:7: no event is called "cas." or longer; there are case.opened, case.resolved (at: "cas.*"))`,
		`count("")`:                 `expr: 1:7: is empty: name an event (at: ""))`,
		`kpi("case.slo")`:           `expr: 1:5: no KPI is called "case.slo"; did you mean "case.sla"? (at: "case.slo"))`,
		`kpi("self")`:               `expr: KPIs refer to each other in a circle: self -> self`,
		`kpi("a")`:                  `expr: KPIs refer to each other in a circle: self -> a -> b -> self`,
		`kpi("c")`:                  `expr: KPIs refer to each other in a circle: self -> c -> b -> self`,
		`cuont("x")`:                `expr: 1:1: no function is called "cuont"; did you mean "count"? (at: cuont("x"))`,
	} {
		s := New()
		s.Expr = expr
		faults := s.Validate(&kpi.Common{Name: "self"}, env)
		got := ""
		if len(faults) > 0 {
			got = faults[0].Error()
		}
		if got != want || len(faults) > 1 {
			t.Errorf("%s:\n got %v\nwant %s", expr, faults, want)
		}
	}
	s := &Spec{Expr: `kpi("case.sla")`, Unit: strings.Repeat("x", 40)}
	faults := s.Validate(&kpi.Common{Name: "self", By: []string{"office", "queue"}}, env)
	if len(faults) != 2 || faults[0].Path[0] != "unit" || !strings.Contains(faults[1].Detail, "case.sla is not broken down by queue") {
		t.Error(faults)
	}
}
