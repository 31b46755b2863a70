// Package ruletest tests rule files: it reads promtool's files of rule tests as
// they are, with this program's events and KPIs as further input, and evaluates
// rules as the server does. The command `test rules` and this project's own
// tests run it. It must not know the server.
package ruletest

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"time"

	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// suite is a file of tests.
type suite struct {
	RuleFiles          []string       `yaml:"rule_files"`
	EvaluationInterval model.Duration `yaml:"evaluation_interval"`
	GroupEvalOrder     []string       `yaml:"group_eval_order"`
	FuzzyCompare       bool           `yaml:"fuzzy_compare"`
	Tests              []test         `yaml:"tests"`

	// What promtool does not know: the configuration whose KPIs are in force, and
	// KPIs and calendars beside it.
	Config    string             `yaml:"config"`
	KPIs      define.Definitions `yaml:"kpis"`
	Calendars calendar.Config    `yaml:"calendars"`
}

// test is input, and what is expected of it.
type test struct {
	Name           string            `yaml:"name"`
	Interval       model.Duration    `yaml:"interval"`
	InputSeries    []inputSeries     `yaml:"input_series"`
	AlertTests     []alertTest       `yaml:"alert_rule_test"`
	ExprTests      []exprTest        `yaml:"promql_expr_test"`
	ExternalLabels map[string]string `yaml:"external_labels"`
	ExternalURL    string            `yaml:"external_url"`
	Start          start             `yaml:"start_timestamp"`

	// Events are lines as in tests of KPIs: TIME [every DURATION times N] NAME
	// [VALUE] [key=value ...].
	Events []string `yaml:"events"`
}

type inputSeries struct {
	Series string `yaml:"series"`
	Values string `yaml:"values"`
}

type alertTest struct {
	EvalTime  model.Duration  `yaml:"eval_time"`
	Alertname string          `yaml:"alertname"`
	ExpAlerts []expectedAlert `yaml:"exp_alerts"`
}

type expectedAlert struct {
	Labels      map[string]string `yaml:"exp_labels"`
	Annotations map[string]string `yaml:"exp_annotations"`
}

type exprTest struct {
	Expr       string           `yaml:"expr"`
	EvalTime   model.Duration   `yaml:"eval_time"`
	ExpSamples []expectedSample `yaml:"exp_samples"`
}

type expectedSample struct {
	Labels    string  `yaml:"labels"`
	Value     float64 `yaml:"value"`
	Histogram string  `yaml:"histogram"`
}

// start is when a test begins: RFC 3339, or seconds since 1970.
type start struct{ time.Time }

// UnmarshalYAML implements yaml.InterfaceUnmarshaler.
func (s *start) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	var seconds float64
	if _, err := fmt.Sscanf(text+"\n", "%g\n", &seconds); err == nil {
		s.Time = time.UnixMilli(int64(seconds * 1000)).UTC()
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("%q is no time: write it as 2026-03-02T09:00:00Z, or as seconds since 1970", text)
	}
	s.Time = at
	return nil
}

// begin is 1970 unless a test says otherwise.
func (t *test) begin() time.Time {
	if t.Start.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return t.Start.Time
}

// length is when the last expectation is.
func (t *test) length() time.Duration {
	var longest model.Duration
	for _, a := range t.AlertTests {
		longest = max(longest, a.EvalTime)
	}
	for _, e := range t.ExprTests {
		longest = max(longest, e.EvalTime)
	}
	return time.Duration(longest)
}

func (t *test) label(i int) string {
	if t.Name != "" {
		return t.Name
	}
	return fmt.Sprintf("unnamed#%d", i)
}

// parse reads a file of tests.
func (r *Runner) parse(name string, content []byte) (s suite, env kpi.Env, definitions []*kpi.Definition, err error) {
	d := strict.Decode(name, content, &s)
	if err := d.Err(); err != nil {
		return s, env, nil, err
	}
	env = kpi.Env{Calendars: map[string]*calendar.Calendar{}, KPIs: map[string]*kpi.Definition{}}
	dir := filepath.Dir(name)
	if s.Config != "" {
		if r.Config == nil {
			return s, env, nil, errors.New("config: no configuration can be read here")
		}
		env, definitions, err = r.Config(resolve(dir, s.Config))
	} else {
		definitions, err = define.Defaults()
	}
	if err != nil {
		return s, env, nil, err
	}
	d.Place(s.Calendars.Validate(dir).Under("calendars"))
	if built, err := s.Calendars.Build(dir); err == nil {
		if env.Calendars == nil {
			env.Calendars = map[string]*calendar.Calendar{}
		}
		maps.Copy(env.Calendars, built)
	}
	env.KPIs = map[string]*kpi.Definition{}
	for _, one := range definitions {
		env.KPIs[one.Name] = one
	}
	env.KnownMetric = func(string) bool { return true } // a test names its events itself
	d.Place(s.KPIs.Validate(&env).Under("kpis"))
	if s.EvaluationInterval == 0 {
		s.EvaluationInterval = model.Duration(time.Minute)
	}
	return s, env, append(definitions, s.KPIs.List()...), d.Err()
}

func resolve(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
