package duckdb_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

var sqlStart = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// caseEvents gives n events, one a minute: openings and resolutions by turns, in
// two offices, with a tag on every tenth.
func caseEvents(n int) []event.Event {
	events := make([]event.Event, n)
	for i := range events {
		e := event.Event{
			Metric: []string{"case.opened", "case.resolved"}[i%2], Value: float64(i % 7),
			Time: event.Millis(sqlStart.Add(time.Duration(i) * time.Minute)),
			Tags: []event.Tag{{Key: "caseId", Value: fmt.Sprint("C-", i/2)}, {Key: "office", Value: []string{"north", "south"}[i/2%2]}},
		}
		if i%10 == 0 {
			e.Tags = append(e.Tags, event.Tag{Key: "rare key", Value: "é\"x"})
		}
		events[i] = e
	}
	return events
}

func commitEvents(t testing.TB, s *duckdb.Store, events []event.Event, alerts ...alert.Transition) {
	t.Helper()
	p := s.Position()
	b := event.Of(events...)
	received := make([]int64, len(events))
	for i, e := range events {
		received[i] = e.Time + 5
	}
	err := s.Commit(t.Context(), store.Commit{Position: store.Position{LogSeq: p.LogSeq + 1, Seq: p.Seq + uint64(len(events))}, Events: b, Received: received, Alerts: alerts})
	if err != nil {
		t.Fatal(err)
	}
}

func sqlStore(t testing.TB, options duckdb.Options, n int) *duckdb.Store {
	s := open(t, options)
	commitEvents(t, s, caseEvents(n), alert.Transition{
		Position: alert.Position{Seq: uint64(n), N: 1}, Rule: "r", Metric: "case.opened", Tags: []event.Tag{{Key: "office", Value: "north"}},
		State: alert.Critical, Previous: alert.OK, Value: 1, Timestamp: 2, At: 3, Since: 2, Condition: "below 2",
	})
	return s
}

func TestSQLAnswers(t *testing.T) {
	s := sqlStore(t, duckdb.Options{Dir: t.TempDir(), TagColumns: 2}, 1000)
	for _, c := range []struct{ sql, want string }{
		{`SELECT count(*) FROM events`, `[[1000]]`},
		{`select metric, count(*) as n from events group by all order by metric;`, `[["case.opened",500],["case.resolved",500]]`},
		{`SELECT seq, time, received, metric, value, source, id, caseId, office, more_tags FROM events ORDER BY seq LIMIT 1`,
			`[[1,"2026-03-01T00:00:00.000Z","2026-03-01T00:00:00.005Z","case.opened",0,null,null,"C-0","north",{"rare key":"é\"x"}]]`},
		{`SELECT more_tags['rare key'], count(*) FROM events GROUP BY 1 ORDER BY 2`, `[["é\"x",100],[null,900]]`},
		{`FROM events SELECT max(seq) WHERE metric = 'case.opened' AND time < TIMESTAMP '2026-03-01 00:10:00'`, `[[9]]`},
		{`SELECT count(*) FROM events WHERE time BETWEEN '2026-03-01 00:10:00' AND '2026-03-01 00:19:00'`, `[[10]]`},
		{`SELECT count(*) FROM events WHERE time >= now() - INTERVAL 1 DAY`, `[[0]]`},
		{`SELECT count(*) FROM events WHERE time < today()`, `[[1000]]`},
		{`SELECT median(epoch(r.time) - epoch(o.time)), count(*) FROM events o JOIN events r ON o.caseId = r.caseId
			WHERE o.metric = 'case.opened' AND r.metric = 'case.resolved' AND o.office IN ('north')`, `[[60,250]]`},
		{`SELECT count(*), count(r.seq) FROM events o LEFT JOIN events r ON r.caseId = o.caseId AND r.metric = 'case.resolved' AND r.value > 3
			WHERE o.metric = 'case.opened'`, `[[500,214]]`},
		{`WITH hourly AS (SELECT date_trunc('hour', time) AS hour, count(*) AS n FROM events WHERE metric = 'case.opened' GROUP BY 1)
			SELECT count(*), sum(n) FROM hourly`, `[[17,500]]`},
		{`SELECT count(*) FROM events WHERE caseId = 'C-7' UNION ALL SELECT count(*) FROM events WHERE seq IN (SELECT seq FROM events WHERE caseId = 'C-8' OR false)`, `[[2],[2]]`},
		{`SELECT rule, tags['office'], state, time FROM alerts`, `[["r","north","critical","1970-01-01T00:00:00.002Z"]]`},
		{`SELECT 1, 1.5::DECIMAL(5,2), 'a;b', NULL, true, DATE '2026-01-02', [1,2], {'a': 'x'}, INTERVAL 90 MINUTE, 9007199254740993, 'NaN'::DOUBLE -- end`,
			`[[1,1.5,"a;b",null,true,"2026-01-02",[1,2],{"a":"x"},"01:30:00","9007199254740993","NaN"]]`},
		{`SELECT a.x FROM (VALUES (1), (2)) a(x) ORDER BY x DESC; -- the end; really`, `[[2],[1]]`},
		{`WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) FROM t`, `[[15]]`},
		{`SELECT office, row_number() OVER (ORDER BY count(*), office) FROM events GROUP BY office ORDER BY 1`, `[["north",1],["south",2]]`},
		{`SELECT count(*) FROM events WHERE metric LIKE 'case.o%' AND NOT office = 'north'`, `[[250]]`},
		{`SELECT lower('X') AS metric FROM events WHERE metric = 'x'`, `[]`},
		{`SELECT list_transform([1, 2], lambda x: x + 1)`, `[[[2,3]]]`},
		{`SELECT extract(hour FROM time), CASE WHEN value > 3 THEN 'high' ELSE 'low' END FROM events WHERE seq = 5`, `[[0,"high"]]`},
	} {
		a, err := s.SQL(t.Context(), store.SQLQuery{SQL: c.sql, Limit: 100})
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if string(a.Rows) != c.want || a.Truncated || a.Seq != 1000 {
			t.Errorf("%s\nanswered %s (truncated %v, as of %d)\nwant     %s", c.sql, a.Rows, a.Truncated, a.Seq, c.want)
		}
	}
}

func TestSQLLimits(t *testing.T) {
	s := sqlStore(t, duckdb.Options{Dir: t.TempDir()}, 1000)
	a, err := s.SQL(t.Context(), store.SQLQuery{SQL: `SELECT * FROM events`, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	if err := json.Unmarshal(a.Rows, &rows); err != nil || len(rows) != 10 || !a.Truncated || len(a.Columns) != 10 || a.Columns[1].Type != "TIMESTAMP" {
		t.Errorf("%d rows, %v, %v %v", len(rows), a.Truncated, a.Columns, err)
	}
	a, err = s.SQL(t.Context(), store.SQLQuery{SQL: `SELECT repeat('x', 200000) FROM events`, Limit: 60})
	if err != nil || !a.Truncated || len(a.Rows) > 9<<20 {
		t.Errorf("a long answer has %d bytes, truncated %v, %v", len(a.Rows), a.Truncated, err)
	}
}

func TestSQLFaultsHavePlaces(t *testing.T) {
	s := sqlStore(t, duckdb.Options{Dir: t.TempDir()}, 10)
	for sql, want := range map[string]string{
		"SELECT\n  nosuch FROM events":      "2:3",
		"SELECT 1 FRM events WHERE":         "1:14",
		"SELECT 'é', nosuch(1)":             "1:13",
		"SELECT 1 +":                        "1:11",
		"SELECT 1\nFROM\n  state":           "3:3",
		"SELECT sum(metric) FROM events":    "1:8",
		"SELECT read_text('x') FROM events": "1:8",
	} {
		_, err := s.SQL(t.Context(), store.SQLQuery{SQL: sql, Limit: 10})
		var fault *store.SQLFault
		if !errors.As(err, &fault) || fmt.Sprintf("%d:%d", fault.Line, fault.Column) != want {
			t.Errorf("%q: %v, want a fault at %s", sql, err, want)
		}
	}
}
