package formula

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
)

func parse(t testing.TB, text string) *Formula {
	t.Helper()
	f, faults := Parse(text)
	if faults != nil {
		t.Fatalf("%s: %v", text, faults)
	}
	return f
}

// a is 6, b is 4, z is 0, n has no data.
func evaluate(t testing.TB, text string) float64 {
	t.Helper()
	f := parse(t, text)
	known := map[string]float64{"a": 6, "b": 4, "z": 0, "n": math.NaN()}
	vars := make([]float64, len(f.Variables))
	for i, v := range f.Variables {
		name := v.KPI
		if name == "" {
			name = f.Selections[v.Selection].Event
		}
		vars[i] = known[name]
	}
	return f.Value(vars, 24)
}

func TestCalculates(t *testing.T) {
	none := math.NaN()
	for text, want := range map[string]float64{
		`kpi("a")`:                    6,
		`count("a") / count("b")`:     1.5,
		`1 + 2 * 3 - 4`:               3,
		`(1 + 2) * 3`:                 9,
		`-kpi("a") ^ 2`:               -36,
		`2 ** 3 ** 2`:                 512,
		`kpi("a") % kpi("b")`:         2,
		`kpi("a") / hours`:            .25,
		`kpi("a") > kpi("b") ? 1 : 0`: 1,
		`kpi("a") > 6 ? 1 : 0`:        0,
		`kpi("a") >= 6 and not (kpi("b") == 6) ? 1 : 0`:   1,
		`1 < kpi("b") < 5 ? 1 : 0`:                        1,
		`kpi("a") in [1, -6, 6] ? 1 : 0`:                  1,
		`abs(-1.5) + floor(1.5) + ceil(1.5) + round(2.5)`: 7.5,
		`default(kpi("n"), 7)`:                            7,
		`default(kpi("a"), 7)`:                            6,
		`kpi("a") | default(7)`:                           6,

		// No data is not 0, and spreads.
		`kpi("n")`:                               none,
		`kpi("a") / kpi("z")`:                    none,
		`kpi("z") / kpi("z")`:                    none,
		`1 / (1 / kpi("z"))`:                     none,
		`kpi("a") % kpi("z")`:                    none,
		`1e300 * 1e300`:                          none,
		`0 * kpi("n")`:                           none,
		`kpi("n") ^ 0`:                           none,
		`1 ^ kpi("n")`:                           none,
		`(-8) ^ 0.5`:                             none,
		`kpi("n") > 1 ? 1 : 0`:                   none,
		`kpi("n") != 1 ? 1 : 0`:                  none,
		`not (kpi("n") > 1) ? 1 : 0`:             none,
		`kpi("n") in [1] ? 1 : 0`:                none,
		`kpi("n") > 1 and kpi("a") > 6 ? 1 : 0`:  0, // no in any case
		`kpi("n") > 1 or kpi("a") == 6 ? 1 : 0`:  1, // yes in any case
		`kpi("n") > 1 and kpi("a") == 6 ? 1 : 0`: none,
		`kpi("n") > 1 or kpi("a") > 6 ? 1 : 0`:   none,
		`true ? 1 : kpi("n")`:                    1,
		`default(kpi("a") / kpi("z"), 0)`:        0,
		`default(kpi("n"), kpi("n"))`:            none,
	} {
		if got := evaluate(t, text); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	if got := evaluate(t, `-kpi("z")`); math.Signbit(got) {
		t.Error("-0 got out")
	}
}

func TestNamesPlacesAndRemedies(t *testing.T) {
	for text, want := range map[string]string{
		``:                                           `1:1: is empty: write what to calculate, as in count("case.reopened") / count("case.resolved")`,
		`1 + cuont("a")`:                             `1:5: no function is called "cuont"; did you mean "count"? (at: cuont("a"))`,
		"1 +\n  summ(\"a\")":                         `2:3: no function is called "summ"; did you mean "sum"? (at: summ("a"))`,
		`count("a") / `:                              `1:13: the expression ends too early: something is missing`,
		`count("a") count("b")`:                      `1:12: "count" cannot stand here (at: count("b"))`,
		`count("a`:                                   `1:9: literal not terminated`,
		`count("a") > 1`:                             `1:1: a KPI is a number, but this is true or false: say which numbers stand for them, as in ... ? 1 : 0 (at: count("a") > 1)`,
		`"a"`:                                        `1:1: a KPI is a number, but this is text (at: "a")`,
		`count(case.resolved)`:                       `1:7: here stands the name of an event in quotes, as in count("case.resolved", channel == "web") (at: case.resolved))`,
		`case.resolved / 2`:                          `1:1: a name with dots cannot stand here: names of events are quoted, as in count("case.resolved") (at: case.resolved / 2)`,
		`count / 2`:                                  `1:1: count is a function: write count("case.resolved", channel == "web") (at: count / 2)`,
		`queue / 2`:                                  `1:1: queue stands outside of a filter: events are asked for their value and tags within one, as in count("case.resolved", channel == "web") (at: queue / 2)`,
		`count("a", queue)`:                          `1:12: a filter is true or false, as in queue == "permits", but this is text (at: queue))`,
		`count("a", queue == 5)`:                     `1:18: == compares text with a number: tags are text, float(tag["queue"]) reads a number (at: == 5))`,
		`count("a", value > "5")`:                    `1:18: > compares a number with text: a number is written without quotes (at: > "5"))`,
		`count("a", wait > other)`:                   `1:17: > compares numbers, but texts stand here: tags are text, float(tag["wait"]) reads a number (at: > other))`,
		`count("a", queue = "x")`:                    `1:18: = is not an operator: == compares (at: = "x"))`,
		`count("a", count("b") > 1)`:                 `1:12: count cannot stand in a filter: a filter looks at one event at a time (at: count("b") > 1))`,
		`count("a", kpi("b") > 1)`:                   `1:12: kpi cannot stand in a filter: a filter looks at one event at a time (at: kpi("b") > 1))`,
		`count("a", x matches y)`:                    `1:22: what follows "matches" is a quoted pattern, as in reason matches "^(dup|test)" (at: y))`,
		`count("a", x matches "(")`:                  "1:22: the pattern cannot be read: missing closing ): `(` (at: \"(\"))",
		`count("a", x matches "(.{90}){9}{9}")`:      "1:22: the pattern cannot be read: invalid nested repetition operator: `{9}{9}` (at: \"(.{90}){9}{9}\"))",
		`count("a", x matches "(.{900}){3}")`:        "1:22: the pattern cannot be read: invalid repeat count: `{3}` (at: \"(.{900}){3}\"))",
		`count("a", x matches ".{900}.{900}.{900}")`: `1:22: the pattern repeats too much: make its {n} smaller (at: ".{900}.{900}.{900}"))`,
		`count("a", x in queue)`:                     `1:17: what follows "in" is a list, as in queue in ["permits", "licenses"] (at: queue))`,
		`count("a", value in 1..5)`:                  `1:21: .. cannot be used in a KPI: a range is asked for as in 1 <= value <= 5 (at: 1..5))`,
		`count("a", x in ["p", 5])`:                  `1:23: the list is searched for text, but this is a number: tags are text, float(tag["x"]) reads a number (at: 5]))`,
		`count("a", x in [y])`:                       `1:18: a list holds constants only (at: y]))`,
		`count("a", case.id == "5")`:                 `1:12: a tag whose key is not a plain name is written tag["odd.key"] (at: case.id == "5"))`,
		`count("a", tag == "5")`:                     `1:12: tag is followed by a quoted key, as in tag["odd.key"] (at: tag == "5"))`,
		`count("a*b")`:                               `1:7: * stands at the end of a name only, as in count("call.*") (at: "a*b"))`,
		`count()`:                                    `1:1: count takes the name of an event and perhaps a filter: count("case.resolved", channel == "web") (at: count())`,
		`quantile("a")`:                              `1:1: quantile takes the name of an event and perhaps a filter: quantile(0.9, "call.answered", queue == "permits") (at: quantile("a"))`,
		`quantile(90, "a")`:                          `1:10: a share is from 0 to 1: 0.9 is where nine values of ten lie below (at: 90, "a"))`,
		`distinct("", "a")`:                          `1:10: distinct begins with a tag, as in distinct(agentId, "case.resolved", channel == "web") (at: "", "a"))`,
		`distinct(value, "a")`:                       `1:10: distinct counts the texts of a tag, not values; a tag of that name is tag["value"] (at: value, "a"))`,
		`kpi(sla)`:                                   `1:1: kpi takes the name of another KPI in quotes: kpi("case.sla") (at: kpi(sla))`,
		`default(count("a"))`:                        `1:1: default is written default(x, 0) (at: default(count("a")))`,
		`default(count("a") > 1, 0)`:                 `1:9: default takes numbers, but this is true or false (at: count("a") > 1, 0))`,
		`float(5)`:                                   `1:1: float reads a number from the text of a tag, but this is a number (at: float(5))`,
		`1 ? 2 : 3`:                                  `1:1: what stands before ? is true or false, but this is a number (at: 1 ? 2 : 3)`,
		`true ? 1 : "x"`:                             `1:12: both outcomes of ? : are of one type, but this is text and the first is a number (at: "x")`,
		`count("a") ?? 0`:                            `1:12: ?? cannot be used in a KPI: default(x, 0) gives a number where x has no data (at: ?? 0)`,
		`sum(1..1000000000)`:                         `1:5: here stands the name of an event in quotes, as in count("case.resolved", channel == "web") (at: 1..1000000000))`,
		`map(1..9, # * 2)`:                           `1:11: "#" cannot stand here (at: # * 2))`,
		`let x = 1; x`:                               `1:5: let cannot be used in a KPI (at: x = 1; x)`,
		`1; 2`:                                       `1:1: a sequence with ; cannot be used in a KPI (at: 1; 2)`,
		`if true { 1 } else { 2 }`:                   `1:4: if cannot be used in a KPI: write a ? b : c (at: true { 1 } else { 2 })`,
		`[1, 2]`:                                     `1:1: a list stands on the right of "in" only, as in queue in ["permits", "licenses"] (at: [1, 2])`,
		`{a: 1}`:                                     `1:1: a map cannot be used in a KPI (at: {a: 1})`,
		`nil`:                                        `1:1: nil is not used here: default(x, 0) gives a number where x has no data, and an absent tag is "" (at: nil)`,
		`::len("a")`:                                 `1:3: a function of a list cannot be used in a KPI (at: len("a"))`,
		`not count("a")`:                             `1:1: not stands before true or false, but what follows is a number (at: not count("a"))`,
		`count("a") and 1`:                           `1:12: and joins what is true or false, but here a number and a number (at: and 1)`,
		`"ä" + 1`:                                    `1:5: + calculates with two numbers, but here with text and a number: a number is written without quotes (at: + 1)`,
		`a.b()`:                                      `1:1: only functions are called, as in count("case.resolved", channel == "web") (at: a.b())`,
		strings.Repeat("1+", 250) + "1":              `1:501: is too long: at most 500 names, numbers and operations fit (at: 1)`,
		strings.Repeat(" ", 4100) + "1":              `1:1: is 4101 bytes long, at most 4096 fit`,
	} {
		_, faults := Parse(text)
		if len(faults) == 0 {
			t.Errorf("%q has no fault, want %s", text, want)
		} else if got := faults[0].Error(); !strings.HasPrefix(got, want) {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestTellsAllFaults(t *testing.T) {
	_, faults := Parse("cuont(\"a\") / count(\"b\", queue == 5) +\n summ(\"c\")")
	if len(faults) != 3 || faults[2].Line != 2 {
		t.Fatal(faults)
	}
}

func TestLimitsVariables(t *testing.T) {
	var sum []string
	for i := range MaxAggregates {
		sum = append(sum, `count("a", value > `+strconv.Itoa(i)+`)`)
	}
	text := strings.Join(sum, " + ")
	parse(t, text+` + count("a", value > 1) + kpi("b")`) // none is new
	if _, faults := Parse(text + ` + count("b")`); len(faults) != 1 || !strings.Contains(faults[0].Detail, "one aggregate too many") {
		t.Fatal(faults)
	}
}

// A part that is reached on two ways, nested, doubles at each level.
func TestBoundsChainsOfComparisons(t *testing.T) {
	text := "value"
	for range 60 {
		text = "(1 < (" + text + ") < 2 ? 1 : 2)"
	}
	_, faults := Parse(`count("a", ` + text + ` > 1)`)
	if len(faults) != 1 || !strings.Contains(faults[0].Detail, "too long") {
		t.Fatal(faults)
	}
}

func TestTellsWhatIsCounted(t *testing.T) {
	f := parse(t, `(count("a", queue == "x" and value > 1) + sum("a", tag["queue"] == "x" && value > 1)) / count("b.*", channel in ["y"]) + distinct(agentId, "a")`)
	if len(f.Selections) != 3 || len(f.Variables) != 4 || f.Variables[0].Selection != f.Variables[1].Selection {
		t.Fatalf("%+v", f)
	}
	if got := strings.Join(f.Tags(), " "); got != "agentId channel queue" {
		t.Error(got)
	}
	for i, v := range f.Variables {
		if v.Basis != (i == 2) {
			t.Errorf("%s: basis %v", v.Text, v.Basis)
		}
	}
	if f = parse(t, `count("a") - kpi("k")`); !f.Variables[0].Basis || !f.Variables[1].Basis || f.KPIs()[0] != "k" {
		t.Errorf("%+v", f.Variables)
	}
}

func TestKnowsShares(t *testing.T) {
	for text, want := range map[string]bool{
		`count("a", value <= 60) / count("a")`:                                                  true,
		`count("a", x == "1" and y == "2" and value > 1) / count("a", y == "2")`:                true,
		`count("a", x == "1" and (y == "2" and value > 1)) / count("a", value > 1 && x == "1")`: true,
		`count("a") / count("a")`:                                                               true,
		`count("a") / count("a", value > 1)`:                                                    false,
		`count("a", x == "1" or y == "2") / count("a", x == "1")`:                               false,
		`count("a") / count("b")`:                                                               false,
		`count("a", value > 1) / count("a.*")`:                                                  false,
		`sum("a", value > 1) / count("a")`:                                                      false,
		`100 * count("a", value > 1) / count("a")`:                                              false,
		`1 - count("a", value > 1) / count("a")`:                                                false,
	} {
		if got := parse(t, text).Share != nil; got != want {
			t.Errorf("%s: a share %v", text, got)
		}
	}
}

func TestFilters(t *testing.T) {
	b := event.Of(
		event.Event{Value: 10, Tags: []event.Tag{{Key: "queue", Value: "permits"}, {Key: "wait", Value: "60"}, {Key: "odd.key", Value: "1"}}},
		event.Event{Value: 20, Tags: []event.Tag{{Key: "queue", Value: "licenses"}, {Key: "wait", Value: "soon"}}},
		event.Event{Value: 30, Tags: []event.Tag{{Key: "queue", Value: ""}}},
		event.Event{Value: 40},
	)
	for filter, want := range map[string]string{
		`true`:               "1111",
		`value <= 20`:        "1100",
		`queue == "permits"`: "1000",
		`queue != "permits"`: "0111",
		`queue == ""`:        "0011",
		`not (queue == "permits") and value < 40`:       "0110",
		`queue == "permits" or queue == "licenses"`:     "1100",
		`queue in ["permits", "x"]`:                     "1000",
		`queue not in ["permits", "x"]`:                 "0111",
		`value in [10, 40]`:                             "1001",
		`queue matches "^(per|x)"`:                      "1000",
		`queue contains "cens"`:                         "0100",
		`queue startsWith "per"`:                        "1000",
		`queue not endsWith "s"`:                        "0011",
		`tag["odd.key"] == "1"`:                         "1000",
		`unheard == ""`:                                 "1111",
		`float(wait) >= 60`:                             "1000",
		`not (float(wait) >= 60)`:                       "0000", // what is no number is unknown
		`float(wait) != 5`:                              "1000",
		`default(float(wait), 0) < 60`:                  "0111",
		`value > 15 and value < float(wait)`:            "0000",
		`value < float(wait) or value > 30`:             "1001",
		`15 < value < 35`:                               "0110",
		`(queue == "permits" ? value < 5 : value < 35)`: "0110",
		`value * 2 - 10 == 30`:                          "0100",
		`queue == wait`:                                 "0011",
	} {
		f := parse(t, `count("a", `+filter+`)`)
		m := f.Selections[0].Filter.Matcher()
		for range 2 { // the second time over what is remembered
			m.Use(b)
			got := ""
			for row := range b.Len() {
				got += map[bool]string{false: "0", true: "1"}[m.Match(row)]
			}
			if got != want {
				t.Errorf("%s: %s, want %s", filter, got, want)
			}
		}
		m.Use(event.Of(event.Event{Value: 1})) // no tags at all
		m.Match(0)
	}
}

func TestReadsNumbers(t *testing.T) {
	for text, want := range map[string]float64{"5": 5, " -1.5e3 ": -1500, ".5": .5, "+7": 7} {
		if got := readNumber(text); got != want {
			t.Errorf("%q is %v", text, got)
		}
	}
	for _, text := range []string{"", "x", "NaN", "Inf", "-inf", "0x10", "1_000", "1e999", "e", "1 2", "١"} {
		if got := readNumber(text); !math.IsNaN(got) {
			t.Errorf("%q is %v", text, got)
		}
	}
}
