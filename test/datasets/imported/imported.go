// Package imported gives tests the events that the importer makes of public
// data by the maps in examples/.
package imported

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/importer"
	"github.com/hms-ops/hms-monitor/test/datasets"
)

// Events are those of a file, in the order in which the importer sends them.
func Events(t testing.TB, rules, file string) []event.Event {
	t.Helper()
	path, mapFile := datasets.Path(t, file), filepath.Join(datasets.Root(t), "examples", rules)
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
