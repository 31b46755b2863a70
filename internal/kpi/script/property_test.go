package script

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

var begin = time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC).UnixMilli() // two days before a change of the clock

func office(t *rapid.T) kpi.Env {
	hours, err := calendar.Config{{Name: "office", TimeZone: "America/New_York", Hours: map[string]string{"mon-sun": "08:00-12:00, 13:00-17:00"}}}.Build(".")
	if err != nil {
		t.Fatal(err)
	}
	return kpi.Env{Calendars: hours, KPIs: map[string]*kpi.Definition{}}
}

// drawDefinition writes some definition of every type there is.
func drawDefinition(t *rapid.T, name string) string {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	by := pick("by", "[]", "[office]", "[office, queue]")
	window := pick("window", "1h", "24h", "7d")
	common := fmt.Sprintf("name: %s, window: %s, by: %s", name, window, by)
	switch pick("type", "throughput", "sla", "satisfaction", "conflict", "call_service_level", "custom", "backlog", "first_response", "reopen_rate") {
	case "throughput":
		return fmt.Sprintf("{%s, type: throughput, event: %s, per: %s}", common, pick("event", "case.resolved", "case.edited"), pick("per", "1h", "1m"))
	case "sla":
		return fmt.Sprintf("{%s, type: sla, %s, %s, objective: 0.9}", common,
			pick("target", "target: 30m", "target: 5h", "target: {tag: priority, values: {high: 1h}, default: 6h}", "due_tag: dueAt", "due_tag: dueAt, target: 2h",
				"goals: [{name: first, stop: case.responded, target: 20m}, {name: whole, target: 4h}]"),
			pick("calendar", "queue: queue", "calendar: office", "at_risk: 0.5"))
	case "satisfaction":
		return fmt.Sprintf("{%s, type: satisfaction, instrument: %s}", common, pick("instrument", "nps", "csat5", "stars5", "ces7"))
	case "conflict":
		return fmt.Sprintf("{%s, type: conflict, level: %s, proxy_within: %s, lease: %s}", common, pick("level", "L0", "L1", "L2", "L3", "proxy"), pick("within", "5m", "1h"), pick("lease", "1m", "20m"))
	case "call_service_level":
		return fmt.Sprintf("{%s, type: call_service_level, answer_within: 3s, abandon_within: 1s}", common)
	case "backlog":
		return fmt.Sprintf("{%s, type: backlog}", common)
	case "first_response":
		return fmt.Sprintf("{%s, type: first_response, %s}", common, pick("calendar", "key: caseId", "calendar: office"))
	case "reopen_rate":
		return fmt.Sprintf("{%s, type: reopen_rate, within: %s}", common, pick("within", "10m", "50m"))
	}
	return fmt.Sprintf("{%s, type: custom, expr: '%s'}", common, pick("expr",
		`count("case.reopened") / count("case.resolved")`,
		`quantile(0.9, "call.answered", value > 1) + default(sum("survey.answered", queue == "fees"), 0)`,
		`distinct(caseId, "case.*", office == "north") - max("survey.answered")`,
		`last("survey.answered") * avg("call.abandoned")`))
}

var metrics = define.Vocabulary()

func drawEvent(t *rapid.T, i int) event.Event {
	minutes := rapid.Int64Range(0, 4*24*60).Draw(t, "minute")
	e := event.Event{
		Metric: rapid.SampledFrom(metrics).Draw(t, "metric"), Value: float64(rapid.IntRange(0, 10).Draw(t, "value")),
		Time: begin + minutes*60_000*rapid.SampledFrom([]int64{0, 1}).Draw(t, "later") + rapid.Int64Range(0, 3).Draw(t, "ms"),
		ID:   fmt.Sprint(i),
	}
	tag := func(key string, of ...string) {
		if v := rapid.SampledFrom(append(of, "")).Draw(t, key); v != "" {
			e.Tags = append(e.Tags, event.Tag{Key: key, Value: v})
		}
	}
	tag("agentId", "a", "b", "c")
	tag("baseVersion", "1", "2", "3")
	tag("callId", "1", "2", "3")
	tag("caseId", "1", "2", "3", "4", "5")
	tag("dueAt", fmt.Sprint(begin+3_600_000), fmt.Sprint(begin+90*3_600_000), "nonsense")
	tag("editId", "x", "y")
	tag("instrument", "nps", "csat5")
	tag("office", "north", "south")
	tag("priority", "high", "low")
	tag("queue", "fees", "permits")
	tag("surveyId", "1", "2", "3")
	tag("to", "high", "low")
	tag("version", "2", "3", "4")
	return e
}

// TestLiveIsReplay: whatever the definitions, and whenever events come, late ones
// among them, the server is restarted, or a definition begins, the answers are
// those of a fresh evaluation of what is stored, and do not depend on its order.
func TestLiveIsReplay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		env := office(t)
		var defined []*kpi.Definition
		for i := range rapid.IntRange(1, 3).Draw(t, "definitions") {
			text := drawDefinition(t, fmt.Sprint("k", i))
			d, document := define.Parse("drawn", []byte(text), &env)
			if err := document.Err(); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			defined = append(defined, d)
		}
		events := make([]event.Event, rapid.IntRange(0, 80).Draw(t, "events"))
		for i := range events {
			events[i] = drawEvent(t, i)
		}
		live := newLane(env)
		defer func() { live.close() }()
		from := rapid.IntRange(0, len(events)).Draw(t, "defined after")
		for i, e := range events {
			if i == from {
				check(t, live.define(env, defined))
			}
			check(t, live.give(e))
			if i > from && rapid.IntRange(0, 19).Draw(t, "restart") == 0 {
				again, err := live.restart(env, defined)
				check(t, err)
				live = again
			}
		}
		check(t, live.define(env, defined))

		fresh := newLane(env)
		defer fresh.close()
		check(t, fresh.give(events...))
		check(t, fresh.define(env, defined))
		sorted := newLane(env)
		defer sorted.close()
		inOrder := slices.Clone(events)
		slices.SortStableFunc(inOrder, func(a, b event.Event) int { return int(max(-1, min(1, a.Time-b.Time))) })
		check(t, sorted.define(env, defined))
		check(t, sorted.give(inOrder...))

		for range 4 {
			q := engine.Question{
				KPI: defined[rapid.IntRange(0, len(defined)-1).Draw(t, "asked")].Name, Now: math.MaxInt64,
				At:     begin + rapid.Int64Range(-1, 6*24*60).Draw(t, "at")*60_000 + rapid.Int64Range(0, 2).Draw(t, "at ms"),
				Window: rapid.SampledFrom([]time.Duration{0, time.Millisecond, time.Hour, 48 * time.Hour, 1000 * time.Hour}).Draw(t, "over"),
			}
			got := ask(t, live, q)
			if want := ask(t, fresh, q); got != want {
				t.Fatalf("live %s\nreplayed %s\nof %s", got, want, defined[0].Source)
			}
			if want := ask(t, sorted, q); got != want {
				t.Fatalf("live %s\nin order %s", got, want)
			}
		}
	})
}

func check(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

func ask(t *rapid.T, l *lane, q engine.Question) string {
	a, err := l.engine.Value(q)
	check(t, err)
	q.By = a.Definition.By
	a, err = l.engine.Value(q)
	check(t, err)
	text, err := json.Marshal(a)
	check(t, err)
	var answer struct {
		Series json.RawMessage `json:"series"`
	}
	check(t, json.Unmarshal(text, &answer))
	return string(answer.Series)
}
