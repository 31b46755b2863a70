package ruletest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/rules/prom"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Runner runs files of tests.
type Runner struct {
	// Config reads a configuration: what its definitions refer to, and the KPIs
	// that are in force by it.
	Config func(path string) (kpi.Env, []*kpi.Definition, error)
	// Warn is told what is odd about a file and no failure.
	Warn func(message string)
}

// Run runs a file of tests and gives every failure. Paths in it start at its
// folder.
func (r *Runner) Run(ctx context.Context, name string) (failures []error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return []error{err}
	}
	s, env, definitions, err := r.parse(name, content)
	if err != nil {
		return []error{err}
	}
	files, err := r.ruleFiles(filepath.Dir(name), s.RuleFiles)
	if err != nil {
		return []error{err}
	}
	for i, group := range s.GroupEvalOrder {
		if slices.Contains(s.GroupEvalOrder[:i], group) {
			return []error{fmt.Errorf("group name repeated in evaluation order: %s", group)}
		}
	}
	for i := range s.Tests {
		t := &s.Tests[i]
		if t.Interval == 0 {
			t.Interval = s.EvaluationInterval
		}
		for _, err := range s.run(ctx, t, files, env, definitions) {
			failures = append(failures, fmt.Errorf("    name: %s,\n%w", t.label(i), err))
		}
	}
	return failures
}

func (r *Runner) ruleFiles(dir string, patterns []string) (files []string, err error) {
	for _, pattern := range patterns {
		found, err := filepath.Glob(resolve(dir, pattern))
		if err != nil {
			return nil, fmt.Errorf("rule_files: %q is no pattern of file names: %w", pattern, err)
		}
		if len(found) == 0 && r.Warn != nil {
			r.Warn("no file matches " + pattern)
		}
		files = append(files, found...)
	}
	return files, nil
}

// run runs one test.
func (s *suite) run(ctx context.Context, t *test, files []string, env kpi.Env, definitions []*kpi.Definition) (failures []error) {
	every := time.Duration(s.EvaluationInterval)
	w, err := newWorld(t, every, env, definitions)
	if err != nil {
		return []error{err}
	}
	defer func() {
		if err := w.close(); err != nil {
			failures = append(failures, err)
		}
	}()
	groups, err := s.load(w, t, files)
	if err != nil {
		return []error{err}
	}
	begin := t.begin()
	for at := begin; !at.After(begin.Add(t.length())); at = at.Add(every) {
		if err := w.advance(at.UnixMilli()); err != nil {
			return append(failures, err)
		}
		if errs := evaluate(ctx, groups, at, begin); len(errs) > 0 {
			return append(failures, errs...)
		}
		failures = append(failures, t.checkAlerts(groups, at.Sub(begin), every)...)
	}
	return append(failures, t.checkExprs(ctx, w, s.comparer())...)
}

// load gives the groups in the order in which they are evaluated.
func (s *suite) load(w *world, t *test, files []string) ([]*prom.Group, error) {
	loader, err := prom.NewLoader(prom.Options{
		Engine: w.engine, Queryable: w.all, Recorded: w.db, ExternalURL: t.ExternalURL, KPI: w.known, Testing: true, Logger: quiet,
	})
	if err != nil {
		return nil, err
	}
	c := prom.Config{Rules: files, Interval: units.Duration(t.Interval), ExternalLabels: t.ExternalLabels}
	groups, err := loader.Load(c, "", nil)
	place := func(g *prom.Group) int {
		return max(0, slices.Index(s.GroupEvalOrder, g.Name()[strings.LastIndexByte(g.Name(), ';')+1:]))
	}
	slices.SortStableFunc(groups, func(a, b *prom.Group) int { return place(a) - place(b) })
	return groups, err
}

func evaluate(ctx context.Context, groups []*prom.Group, at, begin time.Time) (errs []error) {
	for _, g := range groups {
		if _, err := g.Evaluate(ctx, at.UnixMilli()); err != nil {
			return []error{err}
		}
		for _, r := range g.Rules() {
			if r.Error != "" {
				errs = append(errs, fmt.Errorf("    rule: %s, time: %s, err: %s", r.Rule, model.Duration(at.Sub(begin)), r.Error))
			}
		}
	}
	return errs
}
