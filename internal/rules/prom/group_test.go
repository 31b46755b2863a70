package prom

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const queues = `
groups:
  - name: queues
    interval: 30s
    rules:
      - alert: QueueLong
        expr: '{"queue.length"} > 10'
        for: 1m
        labels: {severity: warning}
        annotations: {summary: 'queue {{ $labels.queue }} is {{ $value }} long'}
      - alert: QueueLong
        expr: '{"queue.length"} > 20'
        labels: {severity: critical}
      - record: queue:max
        expr: max({"queue.length"})
`

func TestTransitionsSayEverything(t *testing.T) {
	s := newServer(t)
	s.load(queues)
	g := s.groups[0]
	if g.Name() != "r.yml;queues" || strings.Join(g.Reads(), " ") != "queue.length" || g.Interval().Seconds() != 30 {
		t.Errorf("%s reads %v every %v", g.Name(), g.Reads(), g.Interval())
	}
	s.give(ev("queue.length", 12, 5, "queue=intake"))
	s.want(10, "")
	s.want(60, "")
	found := s.found(70)
	if len(found) != 1 {
		t.Fatalf("%+v", found)
	}
	f := found[0]
	var e map[string]any
	if err := json.Unmarshal(f.Evidence, &e); err != nil {
		t.Fatal(err)
	}
	if f.Kind != "promql" || f.Rule != "QueueLong" || f.Metric != "queue.length" || f.State != alert.Warning || f.Value != 12 ||
		f.Timestamp != 70_000 || f.At != 70_000 || f.Since != 10_000 || f.Condition != `{"queue.length"} > 10` ||
		len(f.Tags) != 1 || f.Tags[0] != (event.Tag{Key: "queue", Value: "intake"}) ||
		len(f.Annotations) != 1 || f.Annotations[0].Value != "queue intake is 12 long" {
		t.Errorf("%+v", f)
	}
	if e["expr"] != f.Condition || e["value"] != "12" || e["at"] != 70_000.0 || e["activeAt"] != 10_000.0 || e["firedAt"] != 70_000.0 ||
		e["for"] != "1m0s" || e["group"] != g.Name() || e["hash"] != g.Rules()[0].Hash || e["labels"].(map[string]any)["severity"] != "warning" {
		t.Errorf("%v", e)
	}
	rules := g.Rules()
	if r := rules[0]; r.State != "firing" || r.Firing != 1 || r.Pending != 0 || r.At != 70_000 || r.Took <= 0 || !strings.HasPrefix(r.Text, "alert: QueueLong\nexpr: '") {
		t.Errorf("%+v", r)
	}
	if rules[0].Hash == rules[1].Hash || rules[1].State != "inactive" || rules[2].State != "" || rules[2].Rule != "queue:max" {
		t.Errorf("%+v", rules)
	}
}

// TestSeveritiesOfOneNameAreStatesOfASeries has two rules of one name.
func TestSeveritiesOfOneNameAreStatesOfASeries(t *testing.T) {
	s := newServer(t)
	s.load(queues)
	s.give(ev("queue.length", 12, 0, "queue=intake"), ev("queue.length", 1, 0, "queue=appeals"))
	s.want(1, "")
	s.want(61, "QueueLong{queue=intake} warning 12")
	s.give(ev("queue.length", 25, 62, "queue=intake"))
	s.want(63, "QueueLong{queue=intake} critical 25")
	s.give(ev("queue.length", 15, 64, "queue=intake"))
	s.want(65, "QueueLong{queue=intake} warning 15")
	s.give(ev("queue.length", 3, 66, "queue=intake"))
	s.want(67, "")
}

func TestSeverities(t *testing.T) {
	for text, want := range map[string]alert.State{"critical": alert.Critical, "page": alert.Critical, "error": alert.Critical, "Critical": alert.Critical, "warning": alert.Warning, "info": alert.Warning, "": alert.Warning} {
		if got := stateOf(text); got != want {
			t.Errorf("%q is %s", text, got)
		}
	}
}

// TestAlertsGoOnAfterARestart stops the server while an alert waits and another
// fires: neither begins anew, and the second is not ended in between.
func TestAlertsGoOnAfterARestart(t *testing.T) {
	s := newServer(t)
	s.load(queues)
	s.give(ev("queue.length", 12, 100, "queue=old"))
	s.want(100, "")
	s.want(160, "QueueLong{queue=old} warning 12")
	s.give(ev("queue.length", 13, 170, "queue=new"))
	s.want(170, "QueueLong{queue=old} warning 12")
	s.want(200, "QueueLong{queue=old} warning 12")
	s.stop()
	s.start()
	s.load(queues)
	// 20 seconds were spent down; they do not count for what was waiting.
	s.want(220, "QueueLong{queue=old} warning 12")
	s.want(249, "QueueLong{queue=old} warning 12")
	s.want(250, "QueueLong{queue=new} warning 13; QueueLong{queue=old} warning 12")
	if found := s.found(251); found[1].Since != 100_000 {
		t.Errorf("since %d", found[1].Since)
	}
}

// TestAReloadKeepsWhatGoesOn changes the file while alerts are active.
func TestAReloadKeepsWhatGoesOn(t *testing.T) {
	s := newServer(t)
	s.load(queues)
	s.give(ev("queue.length", 12, 0, "queue=a"))
	s.want(0, "")
	s.load(strings.Replace(queues, "for: 1m", "for: 40s", 1))
	s.want(40, "QueueLong{queue=a} warning 12")
	s.load(strings.Replace(queues, "QueueLong\n        expr: '{\"queue.length\"} > 10'", "QueueLonger\n        expr: '{\"queue.length\"} > 10'", 1))
	s.want(41, "")
	s.want(101, "QueueLonger{queue=a} warning 12")
}

// TestAFailingRuleLeavesItsAlerts lets an expression become ambiguous.
func TestAFailingRuleLeavesItsAlerts(t *testing.T) {
	s := newServer(t)
	text := `
groups:
  - name: g
    rules:
      - {alert: Over, expr: 'a > on(x) limit'}
      - {alert: Other, expr: a > 100}
`
	s.load(text)
	s.give(ev("a", 5, 0, "x=1"), ev("limit", 3, 0, "x=1"))
	s.want(1, "Over{x=1} warning 5")
	s.give(ev("limit", 3, 2, "x=1", "y=2"), ev("a", 500, 2, "x=1"))
	s.want(3, "Other{x=1} warning 500; Over{x=1} warning 5")
	if r := s.groups[0].Rules()[0]; !strings.Contains(r.Error, "many-to-many") || r.Firing != 1 {
		t.Errorf("%+v", r)
	}
	// After a restart nothing is known of the rule but what the log has told.
	s.stop()
	s.o.Standing = func() []alert.Transition {
		return []alert.Transition{{Kind: Kind, Rule: "Over", State: alert.Critical, Value: 7}, {Kind: Kind, Rule: "Gone"}, {Kind: "burn_rate", Rule: "Over"}}
	}
	s.start()
	s.load(text)
	s.want(4, "Other{x=1} warning 500; Over{} critical 7")
}

// TestAKPIThatIsNotReadyEndsNoAlert starts while a KPI still reads history.
func TestAKPIThatIsNotReadyEndsNoAlert(t *testing.T) {
	s := newServer(t)
	text := `
groups:
  - name: g
    rules:
      - {alert: Low, expr: '{"a.kpi"} < 5', for: 1m}
`
	s.kpis.ready, s.kpis.value = true, 3
	s.load(text)
	s.want(0, "")
	s.want(60, "Low{} warning 3")
	s.stop()
	s.start()
	s.load(text)
	s.kpis.ready = false
	if _, err := s.groups[0].Evaluate(t.Context(), 70_000); err == nil || !strings.Contains(err.Error(), "still reads history") {
		t.Error(err)
	}
	s.kpis.ready = true
	s.want(80, "Low{} warning 3")
}

func TestProvisionalUntilEventsAreKnownBeyond(t *testing.T) {
	s := newServer(t)
	watermark := int64(0)
	s.stop()
	s.o.Watermark = func() int64 { return watermark }
	s.start()
	s.load(`
groups:
  - name: g
    rules:
      - {alert: Many, expr: 'count_over_time(a[1m]) > 2'}
      - {alert: Few, expr: 'count_over_time(a[1m]) < 4'}
      - {alert: Before, expr: 'count_over_time(a[1m] offset 5s) < 4'}
`)
	s.give(ev("a", 1, 1), ev("a", 1, 2), ev("a", 1, 3))
	watermark = 3000
	s.want(10, "Before{} warning? 3; Few{} warning? 3; Many{} warning 3")
	watermark = 6000
	s.want(12, "Before{} warning 3; Few{} warning? 3; Many{} warning 3")
	watermark = 10_000
	s.want(13, "Before{} warning 3; Few{} warning 3; Many{} warning 3")
}

// TestRecordingIsBounded evaluates often, as changes have it: the states of
// alerts are recorded once in the group's interval, what rules record always.
func TestRecordingIsBounded(t *testing.T) {
	s := newServer(t)
	s.load(queues)
	s.give(ev("queue.length", 25, 0, "queue=a"))
	for i := range 400 {
		s.want(float64(i)/10, "QueueLong{queue=a} critical 25")
	}
	for expr, want := range map[string]float64{
		`count_over_time(ALERTS{severity="critical"}[1m])`: 2,
		`sum(count_over_time(ALERTS_FOR_STATE[1m]))`:       4,
		`count_over_time({"queue:max"}[1m])`:               400,
	} {
		query, err := s.o.Engine.NewInstantQuery(t.Context(), s.o.Queryable, nil, expr, time.Unix(40, 0))
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := query.Exec(t.Context()).Value.(promql.Vector); !ok || len(v) != 1 || v[0].F != want {
			t.Errorf("%s: %v, want %v", expr, v, want)
		}
	}
	s.give(ev("queue.length", 1, 41, "queue=a"))
	s.want(41, "")
	query, _ := s.o.Engine.NewInstantQuery(t.Context(), s.o.Queryable, nil, "ALERTS", time.Unix(41, 0))
	if v := query.Exec(t.Context()).Value.String(); v != "" {
		t.Errorf("of an alert that has ended there is %s", v)
	}
}
