package promql

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// unloadable are what no event can say, by how a script writes it.
var unloadable = []struct {
	pattern *regexp.Regexp
	reason  string
}{
	{regexp.MustCompile(`(?m)^\s*load_with_nhcb`), "it loads native histograms"},
	{regexp.MustCompile(`(?ms)^\s*load .*?\{\{`), "it loads native histograms"},
	{regexp.MustCompile(`(?m)^\s+\S.*\bstale\b`), "it loads staleness markers, which only recorded series have"},
	{regexp.MustCompile(`(?m)^\s+.*@st`), "it loads start timestamps"},
}

// TestPrometheusScripts runs the behaviour scripts of Prometheus' own engine
// over events: what a script loads are events, of which every second load is
// not stored yet. A script is cut at each `clear`; a part that loads what no
// event can be is left out and says so.
func TestPrometheusScripts(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/prometheus/prometheus/promql/promqltest").Output()
	if err != nil {
		t.Fatal("the scripts are not found:", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "testdata", "*.test"))
	if err != nil || len(files) < 20 {
		t.Fatal("there are", len(files), "scripts,", err)
	}
	for _, keep := range []bool{true, false} {
		name := "read from the store"
		if keep {
			name = "kept in memory"
		}
		t.Run(name, func(t *testing.T) {
			ran, cases := 0, 0
			for _, file := range files {
				t.Run(filepath.Base(file), func(t *testing.T) {
					text, err := os.ReadFile(file)
					if err != nil {
						t.Fatal(err)
					}
					for _, part := range regexp.MustCompile(`(?m)^clear\s*$`).Split(string(text), -1) {
						if !strings.Contains(part, "eval") {
							continue
						}
						t.Run("part", func(t *testing.T) {
							for _, u := range unloadable {
								if u.pattern.MatchString(part) {
									t.Skip(u.reason)
								}
							}
							engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
							promqltest.RunTestWithStorage(t, part, engine, func(testing.TB) storage.Storage { return newLoaded(keep) })
							ran, cases = ran+1, cases+strings.Count(part, "eval ")
						})
					}
				})
			}
			t.Logf("%d parts with %d expectations ran", ran, cases)
			if ran < 80 || cases < 700 {
				t.Errorf("only %d parts with %d expectations were run", ran, cases)
			}
		})
	}
}

// loaded is an event store as the scripts want one.
type loaded struct {
	storage.Queryable
	store  *memory
	events *Events
	loads  int
}

func newLoaded(keep bool) *loaded {
	l := &loaded{store: &memory{}}
	l.events = NewEvents(l.store, DefaultConfig())
	l.Queryable = Sources{Events: l.events}.ForQueries()
	if keep {
		l.Queryable = Sources{Events: l.events}.ForRules()
	}
	return l
}

func (l *loaded) Close() error                                  { return nil }
func (l *loaded) StartTime() (int64, error)                     { return 0, nil }
func (l *loaded) Appender(context.Context) storage.Appender     { return nil }
func (l *loaded) AppenderV2(context.Context) storage.AppenderV2 { return &appender{loaded: l} }
func (l *loaded) ChunkQuerier(int64, int64) (storage.ChunkQuerier, error) {
	return nil, errors.New("there are no chunks")
}

// appender makes events of samples.
type appender struct {
	*loaded
	events []event.Event
}

func (a *appender) Append(_ storage.SeriesRef, ls labels.Labels, _, t int64, v float64, h *histogram.Histogram, fh *histogram.FloatHistogram, _ storage.AOptions) (storage.SeriesRef, error) {
	if h != nil || fh != nil || value.IsStaleNaN(v) {
		return 0, errors.New("no event can be this")
	}
	e := event.Event{Value: v, Time: t}
	ls.Range(func(l labels.Label) {
		if l.Name == model.MetricNameLabel {
			e.Metric = l.Value
			return
		}
		e.Tags = append(e.Tags, event.Tag{Key: l.Name, Value: l.Value})
	})
	a.events = append(a.events, e)
	return 1, nil
}

func (*appender) AppendExemplar(storage.SeriesRef, labels.Labels, exemplar.Exemplar) (storage.SeriesRef, error) {
	return 0, nil
}

func (a *appender) Commit() error {
	for len(a.events) > 0 {
		n := min(len(a.events), 1000)
		a.store.apply(a.loaded.events, a.events[:n]...)
		a.events = a.events[n:]
		if a.loads++; a.loads%2 == 1 {
			a.store.store()
		}
	}
	return nil
}

func (*appender) Rollback() error { return nil }
