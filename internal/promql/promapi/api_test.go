package promapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/store"
)

type nothing struct{}

func (nothing) Position() store.Position                            { return store.Position{} }
func (nothing) Metrics(context.Context) ([]store.MetricInfo, error) { return nil, nil }
func (nothing) Samples(context.Context, store.SampleQuery, func(store.Numbered) error) error {
	return nil
}

func TestAnswersAreThoseOfPrometheus(t *testing.T) {
	c := promql.DefaultConfig()
	events := promql.NewEvents(nothing{}, c)
	events.Apply(1, event.Of(
		event.Event{Metric: "case.opened", Value: 1, Time: 50_000, Tags: []event.Tag{{Key: "office", Value: "north"}}},
		event.Event{Metric: "case.opened", Value: 2, Time: 55_500, Tags: []event.Tag{{Key: "office", Value: "south"}}},
	))
	applied := 0
	h := New(Options{
		Engine: promql.NewEngine(c, time.Minute, nil), Queryable: promql.Sources{Events: events}.ForQueries(), Parser: promql.NewParser(),
		Applied: func(context.Context) error { applied++; return nil }, Now: func() time.Time { return time.UnixMilli(60_000) }, Version: "v1",
	})
	for ask, want := range map[string]string{
		"query?query=sum(count_over_time({\"case.opened\"}[1m]))": `{"data":{"resultType":"vector","result":[{"metric":{},"value":[60,"2"]}]},"status":"success"}`,
		"query?query=1/0&time=7.5":                                `{"data":{"resultType":"scalar","result":[7.5,"+Inf"]},"status":"success"}`,
		"query_range?query={\"case.opened\",office=\"north\"}&start=40&end=1970-01-01T00:01:00Z&step=10s": `{"data":{"resultType":"matrix","result":[{"metric":{"__name__":"case.opened","office":"north"},"values":[[50,"1"],[60,"1"]]}]},"status":"success"}`,
		"series?match[]={\"case.opened\"}&match[]={office=\"north\"}":                                     `{"data":[{"__name__":"case.opened","office":"north"},{"__name__":"case.opened","office":"south"}],"status":"success"}`,
		"labels":                                                   `{"data":["__name__","office"],"status":"success"}`,
		"label/__name__/values":                                    `{"data":["case.opened"],"status":"success"}`,
		"label/office/values?start=55&end=60":                      `{"data":["south"],"status":"success"}`,
		"status/buildinfo":                                         `{"data":{"revision":"v1","version":"3.0.0"},"status":"success"}`,
		"query?query=sum(":                                         `400 "errorType":"bad_data"`,
		"query?query=1&time=soon":                                  `400 "errorType":"bad_data"`,
		"query_range?query=1&start=0&end=9&step=0":                 `400 step: must be longer than 0`,
		"query_range?query=1&start=0&end=1e9&step=1":               `400 more than 11000 steps`,
		"query_range?query=1&start=9&end=1&step=1":                 `400 end: is before start`,
		"query_range?query=1&start=0&end=9&step=x":                 `400 is no duration`,
		"query_range?query=1&end=9&step=1":                         `400 start: `,
		"series":                                                   `400 match[]: is missing`,
		"labels?match[]={":                                         `400 match[]: `,
		"query?query={\"case.opened\"} %2B on() {\"case.opened\"}": `422 "errorType":"execution"`,
	} {
		path, form, _ := strings.Cut(ask, "?")
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []*http.Request{
			httptest.NewRequest("GET", "/api/v1/"+path+"?"+values.Encode(), nil),
			httptest.NewRequest("POST", "/api/v1/"+path, strings.NewReader(values.Encode())),
		} {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			got := w.Body.String()
			if status, part, failed := strings.Cut(want, " "); failed && !strings.HasPrefix(want, "{") {
				if http.StatusText(w.Code) == "" || !strings.HasPrefix(want, status) || !strings.Contains(got, part) || status[0] != '4' || w.Code/100 != 4 {
					t.Errorf("%s %s: %d %s", r.Method, ask, w.Code, got)
				}
				continue
			}
			if got != want {
				t.Errorf("%s %s\n%s, want\n%s", r.Method, ask, got, want)
			}
		}
	}
	if applied == 0 {
		t.Error("nobody waited for what was acknowledged")
	}
}
