package engine

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

const (
	onTime  = `{name: on.time, type: sla, start: case.opened, stop: case.resolved, key: caseId, target: 2h, objective: 0.9, by: [office], window: 1d}`
	onTime4 = `{name: on.time, type: sla, start: case.opened, stop: case.resolved, key: caseId, target: 4h, objective: 0.9, by: [office], window: 1d}`
)

func opened(at int64, id, office string) event.Event {
	return event.Event{Metric: "case.opened", Value: 1, Time: at, Tags: []event.Tag{{Key: "caseId", Value: id}, {Key: "office", Value: office}}}
}

func closed(at int64, id, office string) event.Event {
	e := opened(at, id, office)
	e.Metric = "case.resolved"
	return e
}

// What a trial says is what the definition says once it is put.
func TestATrialSaysWhatThePutDefinitionWill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &past{}
		e := newEngine(p)
		defer func() { _ = e.Close() }()
		e.Configure(kpi.Env{}, []*kpi.Definition{definition(t, onTime)}, nil, 1)
		e.Filled()
		for i := range rapid.IntRange(0, 20).Draw(t, "cases") {
			id, office := "C-"+string(rune('a'+i)), rapid.SampledFrom([]string{"north", "south"}).Draw(t, "office")
			at := rapid.Int64Range(0, 12).Draw(t, "opened") * hour
			e.give(p, opened(at, id, office))
			if d := rapid.Int64Range(0, 6).Draw(t, "took"); d > 0 {
				e.give(p, closed(at+d*hour+1, id, office))
			}
		}
		d := definition(t, onTime4)
		trial, err := e.Try(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		now := int64(24 * hour)
		q := Question{KPI: "on.time", At: now, Now: now, By: []string{"office"}, Detail: true}
		span := Span{From: 0, To: now, Step: time.Hour}
		tried, err := trial.Value(q)
		if err != nil {
			t.Fatal(err)
		}
		_, course, err := trial.History(context.Background(), q, span)
		if err != nil {
			t.Fatal(err)
		}
		diff, err := trial.Diff(0, now, now, 100)
		if err != nil {
			t.Fatal(err)
		}
		if l := e.List(); len(l) != 1 || len(l[0].Versions) != 1 {
			t.Fatalf("a trial left something: %+v", l)
		}
		if _, err := e.Put(d, Change{}, 2); err != nil {
			t.Fatal(err)
		}
		e.Filled()
		put, _ := e.Value(q)
		_, after, _ := e.History(context.Background(), q, span)
		between, err := e.Diff(context.Background(), "on.time", 1, 2, 0, now, now, 100)
		if err != nil {
			t.Fatal(err)
		}
		diff.After = between.After
		tried.Record, tried.Total, tried.Done = put.Record, put.Total, put.Done
		if a, b := written(t, tried), written(t, put); a != b {
			t.Fatalf("tried %s\nput %s", a, b)
		}
		if written(t, course) != written(t, after) || !reflect.DeepEqual(diff, between) {
			t.Fatalf("tried %+v\nput %+v", diff, between)
		}
	})
}

func TestWhatATrialCannotAnswer(t *testing.T) {
	p := &past{}
	e := newEngine(p)
	defer func() { _ = e.Close() }()
	e.give(p, resolved(1, "north"))
	trial, err := e.Try(t.Context(), definition(t, perHour))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trial.Value(Question{At: 10, By: []string{"queue"}}); !errors.Is(err, ErrQuestion) || !strings.Contains(err.Error(), "office") {
		t.Error(err)
	}
	if _, _, err := trial.History(t.Context(), Question{By: []string{"queue"}}, Span{}); !errors.Is(err, ErrQuestion) {
		t.Error(err)
	}
	if _, err := trial.Diff(0, 1, 1, 1); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	over, end := context.WithCancel(t.Context())
	end()
	if _, err := e.Try(over, definition(t, perHour)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAVersionKnowsWhoGaveItAndWhatFor(t *testing.T) {
	p := &past{state: map[string][]byte{}}
	e := newEngine(p)
	defer func() { _ = e.Close() }()
	e.Configure(kpi.Env{}, []*kpi.Definition{definition(t, perHour)}, nil, 1)
	e.Filled()
	ann, bob := Change{Who: "ann", Why: "the new charter"}, Change{Who: "bob"}
	if r, err := e.Put(definition(t, strings.Replace(perHour, "1h", "2h", 1)), ann, 2); err != nil || r.Change != ann {
		t.Fatal(r, err)
	}
	e.Filled()
	if err := e.Delete("rate", bob, 3); err != nil {
		t.Fatal(err)
	}
	e.Filled()
	save(t, e, p)
	restored := newEngine(p)
	defer func() { _ = restored.Close() }()
	if err := restored.Restore(func(name string) ([]byte, error) { return p.state[name], nil }, func(source []byte) (*kpi.Definition, error) {
		return definition(t, string(source)), nil
	}); err != nil {
		t.Fatal(err)
	}
	l, err := restored.Get("rate")
	if err != nil || len(l.Versions) != 3 || l.Versions[0].Change != (Change{}) || l.Versions[1].Change != ann || l.Versions[2].Change != bob {
		t.Fatalf("%+v %v", l.Versions, err)
	}
}

func written(t interface{ Fatal(...any) }, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
