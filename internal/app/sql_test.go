package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/sandbox"
)

// TestMain lets the test's own program be the process of a query.
func TestMain(m *testing.M) {
	if sandbox.Asked() {
		os.Exit(sandbox.Work(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

type sqlAnswer struct {
	Columns   []struct{ Name, Type string }
	Rows      [][]any
	Truncated bool
	AsOf      uint64
	Detail    string
	Status    int
	Errors    []struct{ Field, Position, Detail string }
}

func ask(t *testing.T, a *App, sql string, headers header) (answer sqlAnswer, status int) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"sql": sql, "limit": 5})
	if err != nil {
		t.Fatal(err)
	}
	r := request(t, http.MethodPost, a.URL()+"/api/sql", body, headers)
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer, r.StatusCode
}

// What was acknowledged is in the answer, whatever else is asked at the time.
func TestSQLSeesWhatIsAcknowledged(t *testing.T) {
	a, _ := start(t, testConfig(t))
	for i := range 20 {
		post(t, a, fmt.Sprintf(`{"metricName":"case.resolved","value":%d,"tags":{"office":"north"}}`, i), nil)
		got, status := ask(t, a, `SELECT count(*), max(value) FROM events WHERE office = 'north'`, nil)
		if status != 200 || fmt.Sprint(got.Rows) != fmt.Sprintf("[[%d %d]]", i+1, i) || got.AsOf != uint64(i+1) {
			t.Fatalf("after %d events: %d %+v", i+1, status, got)
		}
	}
	if got, _ := ask(t, a, `SELECT seq, time FROM events`, nil); len(got.Rows) != 5 || !got.Truncated || got.Columns[1].Type != "TIMESTAMP" {
		t.Errorf("five of twenty rows: %+v", got)
	}
	schema := get[struct {
		Tables []struct {
			Name    string
			Columns []struct{ Name, Type, About, Tag string }
		}
		Functions []string
	}](t, a, "/api/sql/schema")
	if c := schema.Tables[0].Columns; schema.Tables[0].Name != "events" || c[len(c)-1].Tag != "office" || len(schema.Functions) < 100 {
		t.Errorf("the schema: %+v", schema)
	}
}

// Attacks over HTTP are refused in so many words, and events are taken meanwhile.
func TestSQLAttacksDoNotHarmTheServer(t *testing.T) {
	a, _ := start(t, testConfig(t))
	post(t, a, `{"metricName":"m","value":1}`, nil)
	slow := make(chan string, 1)
	go func() {
		got, status := ask(t, a, `SELECT count(*) FROM range(1000000000000)`, nil)
		slow <- fmt.Sprint(status, " ", got.Detail)
	}()
	for sql, want := range map[string]string{
		`SELECT * FROM read_csv('/etc/passwd')`:   "403 read_csv()",
		`COPY events TO '/tmp/x'`:                 "403 COPY",
		`ATTACH '/tmp/x'`:                         "403 ATTACH",
		`INSTALL httpfs`:                          "403 INSTALL",
		`PRAGMA database_list`:                    "403 PRAGMA",
		`SET memory_limit = '1TB'`:                "403 SET",
		`SELECT 1; SELECT 2`:                      "403 2 statements",
		`SELECT * FROM information_schema.tables`: "403 information_schema",
		`SELECT count(DISTINCT repeat(i::VARCHAR, 1000)) FROM range(100000000) t(i)`: "400 ",
		`SELECT 1 FRM x`: "400 syntax error",
		``:               "400 no statement",
	} {
		got, status := ask(t, a, sql, nil)
		number, words, _ := strings.Cut(want, " ")
		if fmt.Sprint(status) != number || !strings.Contains(got.Detail, words) || got.Status != status || len(got.Errors) != 1 {
			t.Errorf("%s: %d %+v, want %s", sql, status, got, want)
		}
		post(t, a, `{"metricName":"m","value":1}`, nil)
	}
	if n := count(t, a); n != 12 {
		t.Errorf("%d events are stored, want 12", n)
	}
	if got := <-slow; !strings.HasPrefix(got, "400 took more than 10s") {
		t.Errorf("the endless query: %s", got)
	}
}

func TestSQLIsBusy(t *testing.T) {
	a, _ := start(t, testConfig(t))
	post := func(sql string) (status int, retry string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL()+"/api/sql", strings.NewReader(`{"sql":"`+sql+`"}`))
		if err != nil {
			return 0, ""
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, "" // the test has ended
		}
		answer.Body.Close()
		return answer.StatusCode, answer.Header.Get("Retry-After")
	}
	for range 2 {
		go func() {
			for {
				if status, _ := post("SELECT count(*) FROM range(1000000000000)"); status != http.StatusTooManyRequests {
					return
				}
			}
		}()
	}
	for deadline := time.Now().Add(8 * time.Second); time.Now().Before(deadline); {
		if status, retry := post("SELECT 1"); status == http.StatusTooManyRequests {
			if retry == "" {
				t.Error("429 without Retry-After")
			}
			return
		}
	}
	t.Error("a third query is never refused")
}
