package script

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// differs says how an answer is not what a row expects, "" where it is.
func (o row) differs(a engine.Answer) string {
	text, err := json.Marshal(a)
	if err != nil {
		return err.Error()
	}
	var answer struct {
		Series []map[string]any `json:"series"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return err.Error()
	}
	for i, s := range answer.Series {
		tags := map[string]string{}
		for key, value := range s["tags"].(map[string]any) {
			tags[key], _ = value.(string)
		}
		if (len(o.tags) == 0) != (i == 0) || !maps.Equal(tags, o.tags) {
			continue
		}
		if !same(o.value, s["value"]) {
			return fmt.Sprintf("the value of %s is %v, expected %s", braces(tags), show(s["value"]), o.value)
		}
		for _, f := range o.want {
			got, ok := find(s, f.name)
			if !ok {
				return fmt.Sprintf("%s has no figure %s; it has %s", braces(tags), f.name, strings.Join(names("", s), ", "))
			}
			if !same(f.value, got) {
				return fmt.Sprintf("%s of %s is %v, expected %s", f.name, braces(tags), show(got), f.value)
			}
		}
		return ""
	}
	if o.value == "absent" {
		return ""
	}
	return fmt.Sprintf("there is no series %s", braces(o.tags))
}

// braces writes tags as scripts do.
func braces(tags map[string]string) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		pairs = append(pairs, key+"="+tags[key])
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

// find looks a name up in the series itself, then in its figures.
func find(s map[string]any, name string) (any, bool) {
	if v, ok := walk(s, name); ok {
		return v, true
	}
	figures, _ := s["figures"].(map[string]any)
	return walk(figures, name)
}

func walk(m map[string]any, name string) (any, bool) {
	if v, ok := m[name]; ok {
		return v, true
	}
	head, rest, ok := strings.Cut(name, ".")
	inner, is := m[head].(map[string]any)
	if !ok || !is {
		return nil, false
	}
	return walk(inner, rest)
}

func names(prefix string, m map[string]any) (all []string) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		switch v := m[key].(type) {
		case map[string]any:
			lead := prefix + key + "."
			if prefix == "" && key == "figures" {
				lead = ""
			}
			if key != "tags" {
				all = append(all, names(lead, v)...)
			}
		default:
			all = append(all, prefix+key)
		}
	}
	return all
}

// same compares a number to as many decimals as are written; nodata is null, and
// an interval is written [low,high].
func same(want string, got any) bool {
	switch v := got.(type) {
	case nil:
		return want == "nodata"
	case float64:
		w, err := strconv.ParseFloat(want, 64)
		if err != nil {
			return false
		}
		_, decimals, _ := strings.Cut(want, ".")
		return math.Abs(w-v) <= 0.5000001*math.Pow(10, -float64(len(decimals))) && (len(decimals) > 0 || math.Abs(w-v) < 1e-9)
	case []any:
		parts := strings.Split(strings.Trim(want, "[]"), ",")
		if len(parts) != len(v) {
			return false
		}
		for i := range parts {
			if !same(parts[i], v[i]) {
				return false
			}
		}
		return true
	}
	return want == fmt.Sprint(got)
}

func show(v any) any {
	if v == nil {
		return "nodata"
	}
	return v
}
