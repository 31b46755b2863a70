package alert

import (
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func decode(t *testing.T, text string) Thresholds {
	t.Helper()
	var thresholds Thresholds
	if err := yaml.UnmarshalWithOptions([]byte(text), &thresholds, yaml.Strict()); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return thresholds
}

func TestThresholdsSayWhatTheyMean(t *testing.T) {
	for text, want := range map[string]string{
		`m: {warning: 5, critical: 2}`:                         "below 5, below 2",
		`m: {warning: 0.5, critical: 0.9}`:                     "above 0.5, above 0.9",
		`m: {warning: -2, critical: -5}`:                       "below -2, below -5",
		`m: {warning: "> 60", critical: ">= 90"}`:              "above 60, at least 90",
		`m: {warning: "<5", critical: "<= 2"}`:                 "below 5, at most 2",
		`m: {warning: < 5}`:                                    "below 5, none",
		`m: {critical: "> 1e3"}`:                               "none, above 1000",
		`m: {warning: "5", critical: "2"}`:                     "below 5, below 2",
		`m: {warning: 60, critical: ">= 90"}`:                  "at least 60, at least 90",
		`m: {warning: "< 5", critical: 2}`:                     "below 5, below 2",
		`m: {warning: 5, critical: 2, hysteresis: 1, for: 5m}`: "below 5, below 2",
		`m: {warning: 5, critical: 2, no_data: {after: 4d}}`:   "below 5, below 2",
	} {
		thresholds := decode(t, text)
		if err := thresholds.Validate().Err(); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		words := func(b *Bound) string {
			if b == nil {
				return "none"
			}
			return b.String()
		}
		r := thresholds.Rules()[0]
		if got := words(r.Warning) + ", " + words(r.Critical); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestThresholdFaults(t *testing.T) {
	for text, want := range map[string]string{
		`m: {}`:                                                        "m: no threshold",
		`m: {warning: 5}`:                                              "m.warning: write an operator",
		`m: {warning: "< 5", no_data: {}}`:                             "m.no_data.after: write a duration",
		`m: {no_data: {after: 5m, state: ok}}`:                         "m.no_data.state: write warning or critical",
		`m: {warning: "< 5", keep_firing_for: -1m}`:                    "m.keep_firing_for: cannot be negative",
		`m: {warning: "< 5", by: [a], expect: [{a: x}]}`:               "m.expect: not when",
		`m: {by: [a], no_data: {after: 5m}, expect: [{b: x}, {a: x}]}`: "m.expect.0: every key",
		`m: {no_data: {after: 5m}, expect: [{}]}`:                      "m.expect.0: every key",
		`m: {critical: 5}`:                                             "m.critical: write an operator",
		`m: {warning: 5, critical: 5}`:                                 "m.critical: same limit",
		`m: {warning: "< 5", critical: "<= 5"}`:                        "m.critical: same limit",
		`m: {warning: "= 5"}`:                                          "m.warning: no threshold",
		`m: {warning: "!= 5", critical: "low"}`:                        "m.warning: no threshold; m.critical: no threshold",
		`m: {warning: "> 60", critical: "< 5"}`:                        "m.critical: same way",
		`m: {warning: "> 60", critical: "> 50"}`:                       "m.critical: swap the two",
		`m: {warning: "< 2", critical: "< 5"}`:                         "m.critical: swap the two",
		`m: {warning: .nan, critical: 1}`:                              "m.warning: no threshold",
		`m: {warning: .inf, critical: "> 1e999"}`:                      "m.warning: no threshold; m.critical: no threshold",
		`m: {warning: ""}`:                                             "m.warning: no threshold",
		`m: {warning: < 5, for: -5m}`:                                  "m.for: negative",
		`m: {warning: < 5, for: 3us}`:                                  "m.for: unit",
		`m: {warning: < 5, max_age: -1s}`:                              "m.max_age: negative",
		`m: {warning: < 5, hysteresis: -1}`:                            "m.hysteresis: no distance",
		`m: {warning: < 5, hysteresis: .nan}`:                          "m.hysteresis: no distance",
		`m: {warning: < 5, max_series: -1}`:                            "m.max_series: negative",
		`m: {warning: < 5, by: [office, ""]}`:                          "m.by: empty",
		`m: {warning: < 5, by: [office, x, office]}`:                   "m.by: twice",
		`"": {warning: < 5}`:                                           ": needs a name",
		`{b: {warning: 5}, a: {critical: x, for: -1s}}`:                "a.critical: no threshold; a.for: negative; b.warning: write an operator",
	} {
		var got []string
		for _, f := range decode(t, text).Validate() {
			got = append(got, f.Error())
		}
		wanted := strings.Split(want, "; ")
		if !slices.EqualFunc(got, wanted, func(g, w string) bool {
			path, detail, _ := strings.Cut(w, ": ")
			return strings.HasPrefix(g, path+": ") && strings.Contains(g, detail)
		}) {
			t.Errorf("%s:\n%s", text, strings.Join(got, "\n"))
		}
	}
}

func TestThresholdsAreDecodedStrictly(t *testing.T) {
	for _, text := range []string{
		`m: {warning: [5]}`, `m: {warning: true}`, `m: {warnin: 5}`, `m: {warning: < 5, for: soon}`, `m: {warning: < 5, for: 300}`, `m: 5`,
	} {
		var thresholds Thresholds
		if err := yaml.UnmarshalWithOptions([]byte(text), &thresholds, yaml.Strict()); err == nil {
			t.Errorf("%s: no fault", text)
		}
	}
}

func TestRuleTakesItsMetricFromItsName(t *testing.T) {
	rules := decode(t, `
case.rate: {warning: 5, critical: 2, by: [office], for: 90s}
slow.rate: {metric: case.rate, warning: "< 1", max_age: 1h, max_series: 7}
`).Rules()
	if len(rules) != 2 || rules[0].Metric != "case.rate" || rules[0].For != 90_000 || rules[0].MaxSeries != DefaultMaxSeries ||
		rules[1].Metric != "case.rate" || rules[1].Name != "slow.rate" || rules[1].MaxAge != 3_600_000 || rules[1].MaxSeries != 7 {
		t.Errorf("%+v", rules)
	}
}
