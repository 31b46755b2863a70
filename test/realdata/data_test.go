package realdata

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/importer"
)

const (
	sharedData = "../../../shared/data"
	examples   = "../../examples"
)

func realFile(t testing.TB, name string) string {
	path := filepath.Join(sharedData, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the public data set %s is not at ../shared/data", name)
	}
	return path
}

// imported is the events that the importer makes of a file, in the order in
// which it sends them.
func imported(t testing.TB, rules, file string) []event.Event {
	path, mapFile := realFile(t, file), filepath.Join(examples, rules)
	text, err := os.ReadFile(mapFile)
	if err != nil {
		t.Fatal(err)
	}
	m, err := importer.LoadMap(mapFile, text)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	server := &recorder{zstd: z}
	report, err := importer.Run(t.Context(), importer.Options{
		Map: m, Files: []string{path}, Progress: importer.NewProgress(io.Discard, false, time.Now),
		Client: &client.Client{URL: client.DefaultURL, HTTP: &http.Client{Transport: server}},
	})
	if err != nil || report.Refused > 0 {
		t.Fatalf("%v, %+v", err, report)
	}
	return server.events
}

// recorder is a server without a network that keeps the events it is sent.
type recorder struct {
	zstd   *zstd.Decoder
	events []event.Event
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err == nil && request.Header.Get("Content-Encoding") == "zstd" {
		body, err = r.zstd.DecodeAll(body, nil)
	}
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(body) {
		var e struct {
			MetricName string
			Value      float64
			Timestamp  int64
			Tags       map[string]string
		}
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, err
		}
		row := event.Event{Metric: e.MetricName, Value: e.Value, Time: e.Timestamp}
		for key, text := range e.Tags {
			row.Tags = append(row.Tags, event.Tag{Key: key, Value: text})
		}
		r.events = append(r.events, row)
	}
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
}

func inOrder(events []event.Event) []event.Event {
	ordered := slices.Clone(events)
	slices.SortStableFunc(ordered, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	return ordered
}

// shuffledWithinDays has the events of each day in disorder.
func shuffledWithinDays(events []event.Event) []event.Event {
	mixed := slices.Clone(events)
	rand.New(rand.NewPCG(20, 11)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	slices.SortStableFunc(mixed, func(a, b event.Event) int { return cmp.Compare(a.Time/day, b.Time/day) })
	return mixed
}

const day = 86_400_000

// request is a row of Boston's file; times are 0 where it has none.
type request struct {
	office, ontime      string
	opened, due, closed int64
}

func bostonRows(t testing.TB) (all []request) {
	file, err := zip.OpenReader(realFile(t, "boston311_2011H2.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in, err := file.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	zone := newYork(t)
	ms := func(text string) int64 {
		if text == "" {
			return 0
		}
		at, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixMilli()
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for _, r := range rows[1:] {
		all = append(all, request{r[at["department"]], r[at["ontime"]], ms(r[at["open_dt"]]), ms(r[at["target_dt"]]), ms(r[at["closed_dt"]])})
	}
	return all
}

func newYork(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
