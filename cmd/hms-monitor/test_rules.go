package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/rules/prom/ruletest"
)

// TestCmd is `hms-monitor test`.
type TestCmd struct {
	Rules TestRulesCmd `cmd:"" help:"Run tests of rule files, as promtool has them; see docs/rules.md."`
}

// TestRulesCmd is `hms-monitor test rules`.
type TestRulesCmd struct {
	Files []string `arg:"" type:"existingfile" name:"file" help:"Files of rule tests."`
}

// Run prints every expectation that does not hold, as promtool does.
func (c *TestRulesCmd) Run(ctx context.Context) error {
	failed := 0
	r := ruletest.Runner{
		Config: configured,
		Warn:   func(message string) { fmt.Fprintln(os.Stderr, "  WARNING:", message) },
	}
	for _, file := range c.Files {
		fmt.Printf("Processing test file: %s\n", file)
		failures := r.Run(ctx, file)
		if len(failures) == 0 {
			fmt.Print("  SUCCESS\n\n")
			continue
		}
		failed++
		fmt.Fprintln(os.Stderr, "  FAILED:")
		for _, f := range failures {
			fmt.Fprintf(os.Stderr, "%v\n\n", f)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files of tests fail", failed, len(c.Files))
	}
	return nil
}

// configured gives the KPIs that are in force by a configuration.
func configured(path string) (kpi.Env, []*kpi.Definition, error) {
	c, err := config.Load(path)
	if err != nil {
		return kpi.Env{}, nil, err
	}
	env, err := c.KPIEnv()
	if err != nil {
		return kpi.Env{}, nil, err
	}
	all := c.KPIs.List()
	if c.DefaultKPIs {
		defaults, err := define.Defaults()
		if err != nil {
			return kpi.Env{}, nil, err
		}
		for _, d := range defaults {
			if !slices.ContainsFunc(all, func(o *kpi.Definition) bool { return o.Name == d.Name }) {
				all = append(all, d)
			}
		}
	}
	return *env, all, nil
}
