package formula

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// grammar draws expressions that mean the same here and in the library: numbers
// with a point, and data everywhere.
type grammar struct{ *rapid.T }

func (g grammar) pick(of ...string) string { return rapid.SampledFrom(of).Draw(g.T, "part") }

func (g grammar) text() string {
	return g.pick(`queue`, `channel`, `tag["odd.key"]`, `"web"`, `"a"`, `""`)
}

func (g grammar) number(depth int) string {
	if depth == 0 {
		return g.pick("value", "1.0", "2.5", "10.0", "0.0")
	}
	a, b := g.number(depth-1), g.number(depth-1)
	return g.pick(a, "-"+a, "("+a+" + "+b+")", a+" - "+b, a+" * "+b, "("+a+" > "+b+" ? "+a+" : "+b+")")
}

func (g grammar) truth(depth int) string {
	if depth == 0 {
		a, b, x, y := g.number(1), g.number(1), g.text(), g.text()
		return g.pick(a+" < "+b, a+" >= "+b, a+" == "+b, "0.0 < "+a+" <= "+b, x+" == "+y, x+" != "+y, x+` in ["web", "a"]`, x+` not in ["a", ""]`,
			x+" contains "+y, x+" startsWith "+y, x+` matches "^w.*b$"`, a+" in [1.0, 2.5]", "true")
	}
	a, b := g.truth(depth-1), g.truth(depth-1)
	return g.pick(a, "not ("+a+")", "("+a+" and "+b+")", a+" || "+b, a+" && ("+b+")", "(("+a+") ? ("+b+") : "+"false)")
}

func TestFiltersAreWhatTheLibrarySays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		filter := grammar{t}.truth(rapid.IntRange(0, 4).Draw(t, "depth"))
		texts := rapid.SampledFrom([]string{"", "a", "web", "wb", "x"})
		var events []event.Event
		for range rapid.IntRange(1, 6).Draw(t, "events") {
			e := event.Event{Value: float64(rapid.IntRange(-2, 12).Draw(t, "value"))}
			for _, key := range []string{"queue", "channel", "odd.key"} {
				if rapid.Bool().Draw(t, "has "+key) {
					e.Tags = append(e.Tags, event.Tag{Key: key, Value: texts.Draw(t, key)})
				}
			}
			events = append(events, e)
		}
		text := `count("a", ` + filter + `)`
		f, faults := Parse(text)
		if faults != nil {
			if strings.Contains(faults[0].Detail, "too long") {
				t.Skip(faults)
			}
			t.Fatalf("%s: %v", text, faults)
		}
		m := f.Selections[0].Filter.Matcher()
		b := event.Of(events...)
		m.Use(b)
		for row, e := range events {
			tags := map[string]string{}
			for _, tag := range e.Tags {
				tags[tag.Key] = tag.Value
			}
			env := map[string]any{"value": e.Value, "queue": tags["queue"], "channel": tags["channel"], "tag": tags}
			program, err := expr.Compile(filter, expr.Env(env), expr.AsBool())
			if err != nil {
				t.Fatal(err)
			}
			want, err := expr.Run(program, env)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Match(row); got != want {
				t.Fatalf("%s of %+v is %v, the library says %v", filter, e, got, want)
			}
		}
	})
}

func TestNumbersAreWhatTheLibrarySays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := grammar{t}.number(rapid.IntRange(0, 5).Draw(t, "depth"))
		value := float64(rapid.IntRange(-9, 9).Draw(t, "value"))
		want, err := expr.Eval(text, map[string]any{"value": value})
		if err != nil {
			t.Fatal(err)
		}
		f, faults := Parse(strings.ReplaceAll(text, "value", `count("a")`))
		if faults != nil {
			t.Skip(faults)
		}
		if got := f.Value([]float64{value}[:len(f.Variables)], 1); got != want {
			t.Fatalf("%s with %v is %v, the library says %v", text, value, got, want)
		}
	})
}

// Whatever is written: a formula that can be calculated, or faults with places.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`count("case.reopened") / count("case.resolved")`,
		`quantile(0.9, "call.answered", value <= 60 and tag["odd.key"] in ["a", "b"]) ?: 1`,
		`default(distinct(agentId, "x.*", queue matches "^a+$") % 3, kpi("y")) ** -2`,
		"sum(\"a\", float(wait) > 5 ? true : false)\n+ 1..2", `map(1..9, {# + 1})`, `count("a" | b?.c[1:2]`, `"\u{1F600}" in {ä: 1}`, `1 < value < 2 ?? nil`, "b'\\x00' // #", `let x = 1; ::sum(x)`,
		`if a {b} else {c}`, `not not - + !1`, "count(\"a\", x matches \"(?i)\\\\pL{9}\")",
	} {
		f.Add(text)
	}
	block := event.Of(event.Event{Value: 3, Tags: []event.Tag{{Key: "queue", Value: "a"}, {Key: "wait", Value: "7"}}}, event.Event{})
	f.Fuzz(func(t *testing.T, text string) {
		formula, faults := Parse(text)
		if (formula == nil) == (len(faults) == 0) {
			t.Fatalf("%v, %v", formula, faults)
		}
		lines := strings.Split(text, "\n")
		for _, fault := range faults {
			if fault.Line < 1 || fault.Line > len(lines) || fault.Column < 1 || fault.Column > len([]rune(lines[fault.Line-1]))+1 || fault.Detail == "" {
				t.Fatalf("a fault at no place: %+v", fault)
			}
			_ = fmt.Sprint(fault)
		}
		if formula == nil {
			return
		}
		for _, x := range []float64{math.NaN(), 0, -7.5, 1e300} {
			variables := make([]float64, len(formula.Variables))
			for i := range variables {
				variables[i] = x
			}
			if v := formula.Value(variables, 1); math.IsInf(v, 0) {
				t.Fatal("infinite")
			}
		}
		for _, s := range formula.Selections {
			if s.Filter != nil {
				m := s.Filter.Matcher()
				m.Use(block)
				m.Match(0)
				m.Match(1)
			}
		}
		formula.Tags()
	})
}

func BenchmarkMatch(b *testing.B) {
	var rows event.Builder
	for i := range 10_000 {
		rows.Append(event.Event{Metric: "a", Value: float64(i % 100), Tags: []event.Tag{{Key: "queue", Value: fmt.Sprint("q", i%20)}, {Key: "caseId", Value: fmt.Sprint("c", i)}}})
	}
	block := rows.Block()
	for _, filter := range []string{
		`value <= 60`, `queue == "q7"`, `value <= 60 and queue == "q7"`, `queue matches "^q1" and value > 5`, `caseId startsWith "c1" and value > 5`, `value <= float(queue) + 3`,
	} {
		b.Run(filter, func(b *testing.B) {
			f, _ := Parse(`count("a", ` + filter + `)`)
			m := f.Selections[0].Filter.Matcher()
			b.ReportAllocs()
			for b.Loop() {
				m.Use(block)
				for row := range block.Len() {
					m.Match(row)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(block.Len()), "ns/event")
		})
	}
}
