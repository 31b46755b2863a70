package importer

import (
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/test/datasets"
)

const exampleDir = "../../examples"

func exampleMap(t testing.TB, name string) *Map {
	path := filepath.Join(exampleDir, name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := LoadMap(path, text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The counts are those published with the data sets.
func TestRealDataSetsGiveTheKnownCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 30 MB")
	}
	for _, c := range []struct {
		rules, file string
		rows        int
		want        map[string]int
	}{
		{"boston311.yaml", "boston311_2011H2.zip", 58_251, map[string]int{"case.opened": 58_251, "case.resolved": 54_570}},
		{"wabo.yaml", "wabo_receipt.csv.gz", 8_577, map[string]int{"case.opened": 1_434, "case.resolved": 1_329, "case.edited": 8_577}},
		{"wabo.yaml", "wabo_receipt.xes.gz", 8_577, map[string]int{"case.opened": 1_434, "case.resolved": 1_329, "case.edited": 8_577}},
		{"bpic2013.yaml", "bpic2013_closed_problems.xes.gz", 6_660, map[string]int{"case.opened": 1_487, "case.resolved": 1_487, "case.edited": 6_660}},
		{"technion_calls.yaml", "technion_bank_calls_one_day.csv.gz", 2_375, map[string]int{"call.offered": 2_375, "call.answered": 1_511, "call.abandoned": 846}},
		{"wikipedia.yaml", "wikipedia_edits_2015-09-12.json.gz", 39_244, map[string]int{"case.edited": 39_244}},
	} {
		t.Run(c.rules+"/"+c.file, func(t *testing.T) {
			t.Parallel()
			path := datasets.Path(t, c.file)
			server, err := newCounter()
			if err != nil {
				t.Fatal(err)
			}
			defer server.zstd.Close()
			started := time.Now()
			report, err := Run(t.Context(), Options{
				Map: exampleMap(t, c.rules), Files: []string{path}, Progress: NewProgress(io.Discard, false, time.Now),
				Client: &client.Client{URL: client.DefaultURL, HTTP: &http.Client{Transport: server}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if report.Rows != c.rows || report.Refused != 0 {
				t.Errorf("%d rows, %d refused; want %d and none", report.Rows, report.Refused, c.rows)
			}
			if !maps.Equal(server.count, c.want) {
				t.Errorf("stored %v, want %v", server.count, c.want)
			}
			t.Logf("%d events in %s; notes %q", report.Events, time.Since(started).Round(time.Millisecond), report.Notes)
			if t.Failed() {
				report.Print(os.Stderr)
			}
		})
	}
}
