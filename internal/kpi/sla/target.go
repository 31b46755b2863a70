package sla

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/suggest"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Target is how long a cycle may take: one duration, or one for each value of a
// tag. It is written as 48h, or as {tag: priority, values: {high: 4h}, default: 48h}.
type Target struct {
	// Tag is read from the event that begins a cycle; "" for one target for all.
	Tag    string
	Values map[string]units.Duration
	// Default is the target of every other value, and of none.
	Default units.Duration

	written bool
}

// longest is the longest target: 100 years.
const longest = 36500 * 24 * time.Hour

// none reports whether there is no target.
func (t *Target) none() bool {
	return !t.written && t.Tag == "" && len(t.Values) == 0 && t.Default == 0
}

// of is the target of a value of the tag, in ms.
func (t *Target) of(value string) int64 {
	if d, ok := t.Values[value]; ok && value != "" {
		return time.Duration(d).Milliseconds()
	}
	return time.Duration(t.Default).Milliseconds()
}

// least is the shortest target, in ms.
func (t *Target) least() int64 {
	least := t.Default
	for _, d := range t.Values {
		least = min(least, d)
	}
	return time.Duration(least).Milliseconds()
}

var errTarget = errors.New("a target is a duration, as in 48h, or {tag: priority, values: {high: 4h}, default: 48h}")

// UnmarshalYAML takes a duration or a section of tag, values and default.
func (t *Target) UnmarshalYAML(unmarshal func(any) error) (err error) {
	var v any
	if err := unmarshal(&v); err != nil {
		return err
	}
	*t = Target{written: true}
	switch v := v.(type) {
	case nil:
		t.written = false
		return nil
	case map[string]any:
		return t.section(v)
	case []any:
		return errTarget
	default:
		t.Default, err = units.ParseDuration(fmt.Sprint(v))
		return err
	}
}

func (t *Target) section(keys map[string]any) error {
	var faults fault.List
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		switch v := keys[key]; key {
		case "tag":
			text, ok := v.(string)
			if t.Tag = text; !ok || text == "" {
				faults.Add(fmt.Sprintf("%v is no tag: name the tag whose value chooses the target", v), key)
			}
		case "default":
			t.Default = duration(v, &faults, key)
		case "values":
			t.values(v, &faults)
		default:
			faults.Add("is not a key here"+suggest.Near(key, []string{"tag", "values", "default"}), key)
		}
	}
	return faults.Err()
}

func (t *Target) values(v any, faults *fault.List) {
	section, ok := v.(map[string]any)
	if !ok {
		faults.Add("is a section of values and their targets, as in {high: 4h}", "values")
		return
	}
	t.Values = map[string]units.Duration{}
	for _, value := range slices.Sorted(maps.Keys(section)) {
		t.Values[value] = duration(section[value], faults, "values", value)
	}
}

func duration(v any, faults *fault.List, path ...string) units.Duration {
	d, err := units.ParseDuration(fmt.Sprint(v))
	if err != nil {
		faults.Add(err.Error(), path...)
	}
	return d
}

// validate adds the faults of what the target says.
func (t *Target) validate(faults *fault.List) {
	check := func(d units.Duration, path ...string) {
		path = append([]string{"target"}, path...)
		switch {
		case d < units.Duration(time.Millisecond):
			faults.Add(fmt.Sprintf("is %v: a target is a length of time, as in 48h", d), path...)
		case d > units.Duration(longest):
			faults.Add(fmt.Sprintf("is %v, longer than %v", d, units.Duration(longest)), path...)
		}
	}
	switch {
	case t.none():
	case t.Tag == "" && len(t.Values) > 0:
		faults.Add("has values but no tag: name the tag that they are values of", "target")
	case t.Tag != "" && len(t.Values) == 0:
		faults.Add("has a tag but no values: give the targets of its values, as in values: {high: 4h}", "target")
	case t.Tag != "" && t.Default == 0:
		faults.Add("has no default: give the target of all other values, and of cases without the tag", "target")
	case t.Tag != "":
		check(t.Default, "default")
	default:
		check(t.Default)
	}
	for _, value := range slices.Sorted(maps.Keys(t.Values)) {
		check(t.Values[value], "values", value)
	}
}
