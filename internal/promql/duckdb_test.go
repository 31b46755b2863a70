package promql_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	prometheus "github.com/prometheus/prometheus/promql"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

// TestOverTheRealStore asks while blocks are applied and committed in arrears.
func TestOverTheRealStore(t *testing.T) {
	s, err := duckdb.Open(t.Context(), duckdb.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := promql.DefaultConfig()
	events := promql.NewEvents(s, c)
	engine := promql.NewEngine(c, time.Minute, nil)
	sources := promql.Sources{Events: events}
	var open []event.Event
	next := uint64(1)
	for i := range 40 {
		var batch []event.Event
		for k := range 25 {
			batch = append(batch, event.Event{
				Metric: "case.opened", Value: 1, Time: int64(i*1000 + k),
				Tags: []event.Tag{{Key: "office", Value: fmt.Sprint(k % 5)}, {Key: "caseId", Value: fmt.Sprint(i)}},
			})
		}
		events.Apply(next, event.Of(batch...))
		next += uint64(len(batch))
		open = append(open, batch...)
		if i%7 == 3 { // what is open is committed
			commit := store.Commit{Position: store.Position{LogSeq: uint64(i), Seq: next - 1}, Events: event.Of(open...), Received: make([]int64, len(open))}
			if err := s.Commit(t.Context(), commit); err != nil {
				t.Fatal(err)
			}
			open = nil
		}
		for name, q := range map[string]prometheus.Vector{
			"rules":   ask(t, engine, sources, true, int64(i*1000+999)),
			"queries": ask(t, engine, sources, false, int64(i*1000+999)),
		} {
			if len(q) != 5 || q[0].F != float64(5*(i+1)) {
				t.Fatalf("%s, after batch %d: %v", name, i, q)
			}
		}
	}
}

func ask(t *testing.T, engine *prometheus.Engine, s promql.Sources, rules bool, at int64) prometheus.Vector {
	t.Helper()
	q := s.ForQueries()
	if rules {
		q = s.ForRules()
	}
	query, err := engine.NewInstantQuery(t.Context(), q, nil, `sum by (office) (count_over_time({"case.opened"}[5m]))`, time.UnixMilli(at))
	if err != nil {
		t.Fatal(err)
	}
	v, err := query.Exec(t.Context()).Vector()
	if err != nil {
		t.Fatal(err)
	}
	return v
}
