package sandbox

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/store"
)

func TestMain(m *testing.M) {
	if Asked() {
		os.Exit(Work(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// asked is a source without rows that notes what it is asked for.
type asked struct{ requests chan Request }

func (a asked) Tables() []Table {
	return []Table{{Name: "events", Columns: []Column{{"seq", Int}, {"time", Moment}, {"metric", Text}, {"office", Text}, {"value", Double}}, Rows: 100}}
}

func (a asked) Read(_ context.Context, r Request, _ func(*Block) error) error {
	a.requests <- r
	return nil
}

// A query is handed the columns that it names and no more rows than it may need.
func TestQueriesAskForLittle(t *testing.T) {
	const metric, opened = `{"column":2,"texts":["a"]}`, `{"column":2,"texts":["a","b"]}`
	const from, to = `{"column":1,"from":999}`, `{"column":1,"to":2001}`
	for _, c := range []struct{ sql, columns, needs string }{
		{`SELECT metric FROM events`, `[2]`, `null`},
		{`SELECT count(*) FROM events`, `[]`, `null`},
		{`SELECT value FROM events WHERE metric = 'a'`, `[4,2]`, `[[` + metric + `]]`},
		{`SELECT value FROM events WHERE 'a' = metric AND value > 1`, `[4,2]`, `[[` + metric + `]]`},
		{`SELECT value FROM events WHERE metric IN ('a', 'b')`, `[4,2]`, `[[` + opened + `]]`},
		{`SELECT value FROM events WHERE metric = 'a' OR value > 1`, `[4,2]`, `null`},
		{`SELECT value FROM events WHERE NOT metric = 'a'`, `[4,2]`, `null`},
		{`SELECT value FROM events WHERE metric <> 'a'`, `[4,2]`, `null`},
		{`SELECT value FROM events WHERE upper(metric) = 'a'`, `[4,2]`, `null`},
		{`SELECT value FROM events WHERE metric = office`, `[4,2,3]`, `null`},
		{`SELECT value FROM events WHERE time >= '1970-01-01 00:00:01' AND time < TIMESTAMP '1970-01-01 00:00:02'`, `[4,1]`, `[[` + from + `,` + to + `]]`},
		{`SELECT value FROM events WHERE '1970-01-01 00:00:01' <= time`, `[4,1]`, `[[` + from + `]]`},
		{`SELECT value FROM events WHERE time <= DATE '1970-01-01' + INTERVAL 2 SECOND`, `[4,1]`, `[[` + to + `]]`},
		{`SELECT value FROM events WHERE time < random() * TIMESTAMP '1970-01-02'`, ``, ``},
		{`SELECT value FROM events e WHERE e.metric = 'a'`, `[4,2]`, `[[` + metric + `]]`},
		{`SELECT value FROM events AS e(a, time, office) WHERE office = 'a'`, `[4,2]`, `null`},
		{`SELECT value FROM events TABLESAMPLE 10% WHERE metric = 'a'`, `[4,2]`, `null`},
		{`SELECT o.value FROM events o JOIN events r ON o.office = r.office AND r.metric = 'a' WHERE o.metric = 'a'`, `[4,3,2]`, `[[` + metric + `],[` + metric + `]]`},
		{`SELECT o.value FROM events o LEFT JOIN events r ON o.office = r.office AND o.metric = 'a'`, `[4,3,2]`, `null`},
		{`WITH x AS (SELECT * FROM events WHERE metric = 'a') SELECT value FROM x`, `[4,2]`, `[[` + metric + `]]`},
	} {
		a := asked{make(chan Request, 4)}
		_, err := New(DefaultOptions()).Run(t.Context(), store.SQLQuery{SQL: c.sql, Limit: 10}, a)
		if c.columns == "" {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		found := false
		var last string
		for range len(a.requests) {
			r := <-a.requests
			columns, _ := json.Marshal(slices.Sorted(slices.Values(r.Columns)))
			var wanted []int
			_ = json.Unmarshal([]byte(c.columns), &wanted)
			slices.Sort(wanted)
			want, _ := json.Marshal(wanted)
			needs, _ := json.Marshal(r.Alternatives)
			last = string(columns) + " " + string(needs)
			found = found || (len(wanted) == 0 || string(columns) == string(want)) && string(needs) == c.needs
		}
		if !found {
			t.Errorf("%s\nasks for %s\nwant    %s %s", c.sql, last, c.columns, c.needs)
		}
	}
}
