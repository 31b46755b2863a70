package prom

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Config says which rule files there are.
type Config struct {
	// Rules are paths of rule files, with * and ? for any text and any letter.
	// Those that are relative start where the configuration is.
	Rules []string `yaml:"rules"`
	// Interval is how often a group is evaluated that names no interval. What a
	// group reads has it evaluated as well, as soon as it changes.
	Interval units.Duration `yaml:"evaluation_interval"`
	// ExternalLabels are for templates, as $externalLabels.
	ExternalLabels map[string]string `yaml:"external_labels"`
}

// DefaultConfig has no rules.
func DefaultConfig() Config { return Config{Interval: units.Duration(15 * time.Second)} }

// Validate reports every fault of the section and of the rule files, each with
// its file and line. Relative paths start at dir.
func (c Config) Validate(dir string) (faults fault.List) {
	if time.Duration(c.Interval) < time.Second {
		faults.Add(fmt.Sprintf("is %v, must be 1s at least", c.Interval), "evaluation_interval")
	}
	for _, name := range slices.Sorted(maps.Keys(c.ExternalLabels)) {
		if !model.UTF8Validation.IsValidLabelName(name) {
			faults.Add("is no name of a label", "external_labels", name)
		}
	}
	var files []file
	for i, pattern := range c.Rules {
		found, err := read(pattern, dir)
		for _, e := range each(err) {
			faults.Add(e.Error(), "rules", fmt.Sprint(i))
		}
		files = append(files, found...)
	}
	for _, e := range clashes(files) {
		faults.Add(e.Error(), "rules")
	}
	return faults
}

// read gives all rule files, or every fault in them.
func (c Config) read(dir string) (files []file, err error) {
	var errs []error
	for _, pattern := range c.Rules {
		found, err := read(pattern, dir)
		files, errs = append(files, found...), append(errs, each(err)...)
	}
	return files, errors.Join(errs...)
}

// each takes joined errors apart.
func each(err error) []error {
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		return joined.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}
