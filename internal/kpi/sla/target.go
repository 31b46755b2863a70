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
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		var err error
		switch v := keys[key]; key {
		case "tag":
			text, ok := v.(string)
			if t.Tag = text; !ok || text == "" {
				err = fmt.Errorf("%v is no tag: name the tag whose value chooses the target", v)
			}
		case "default":
			t.Default, err = units.ParseDuration(fmt.Sprint(v))
		case "values":
			err = t.values(v)
		default:
			err = fmt.Errorf("is not a key here%s", suggest.Near(key, []string{"tag", "values", "default"}))
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", key, err))
		}
	}
	return oneLine(faults)
}

func (t *Target) values(v any) error {
	section, ok := v.(map[string]any)
	if !ok {
		return errors.New("is a section of values and their targets, as in {high: 4h}")
	}
	t.Values = map[string]units.Duration{}
	var faults []error
	for _, value := range slices.Sorted(maps.Keys(section)) {
		d, err := units.ParseDuration(fmt.Sprint(section[value]))
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", value, err))
		}
		t.Values[value] = d
	}
	return oneLine(faults)
}

// oneLine joins errors as the decoder, which shows the first line, can show all.
func oneLine(faults []error) error {
	if len(faults) == 0 {
		return nil
	}
	err := faults[0]
	for _, more := range faults[1:] {
		err = fmt.Errorf("%w; %w", err, more)
	}
	return err
}

// validate adds the faults of what the target says.
func (t *Target) validate(faults *fault.List) {
	check := func(d units.Duration, of string) {
		switch {
		case d < units.Duration(time.Millisecond):
			faults.Add(fmt.Sprintf("%sis %v: a target is a length of time, as in 48h", of, d), "target")
		case d > units.Duration(longest):
			faults.Add(fmt.Sprintf("%sis %v, longer than %v", of, d, units.Duration(longest)), "target")
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
	default:
		check(t.Default, "")
	}
	for _, value := range slices.Sorted(maps.Keys(t.Values)) {
		check(t.Values[value], "of "+value+" ")
	}
}
