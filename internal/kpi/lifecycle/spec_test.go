package lifecycle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/strict"
	"github.com/hms-ops/hms-monitor/internal/units"
)

func env() *kpi.Env {
	known := []string{"case.opened", "case.resolved", "case.cancelled", "case.reopened", "case.responded", "backlog.reported"}
	return &kpi.Env{
		Calendars: map[string]*calendar.Calendar{"federal": nil},
		Metrics:   known, KnownMetric: func(name string) bool { return slices.Contains(known, name) },
	}
}

func backlogSpec() kpi.Spec  { return NewBacklog() }
func responseSpec() kpi.Spec { return NewResponse() }
func reopenSpec() kpi.Spec   { return NewReopen() }

func TestDefinitions(t *testing.T) {
	for _, d := range []struct {
		spec func() kpi.Spec
		text string
		want string // the fault, "" for none
	}{
		{backlogSpec, "{}", ""},
		{backlogSpec, "cancel: ''\nreopen: ''\nreported: ''", ""},
		{backlogSpec, "start: ''", "start: is empty: name an event"},
		{backlogSpec, "stop: case.resolvd", `stop: no event is called "case.resolvd"; did you mean "case.resolved"?`},
		{backlogSpec, "stop: case.opened", "stop: is what start is, too: an event means one thing"},
		{backlogSpec, "key: ''", "key: is empty: name the tag"},
		{backlogSpec, "target: 4h", "target: is not a key here"},
		{responseSpec, "calendar: federal\nbots: [robot]", ""},
		{responseSpec, "calendar: federl", `calendar: no calendar is called "federl"; did you mean "federal"?`},
		{responseSpec, "respond: ''", "respond: is empty: name an event"},
		{reopenSpec, "within: 2d", ""},
		{reopenSpec, "within: 0", "within: is 0s: give a case some time"},
		{reopenSpec, "within: 28d", "window: is 28d: it must be longer than within, 28d"},
		{reopenSpec, "reopen: ''", "reopen: is empty: name an event"},
	} {
		s := d.spec()
		c := &kpi.Common{Window: units.Duration(28 * 24 * time.Hour), By: []string{"office"}}
		document := strict.Decode("kpi.yaml", []byte(d.text), s)
		document.Place(s.Validate(c, env()))
		if err := document.Err(); (err == nil) != (d.want == "") || err != nil && !strings.Contains(err.Error(), d.want) {
			t.Errorf("%q: %v, want %q", d.text, err, d.want)
		}
		if about := s.Describe(c); about.Unit == "" || about.Formula == "" || about.Excludes == "" {
			t.Errorf("%T: %+v", s, about)
		}
	}
}

func TestReadsAreAllThatIsRead(t *testing.T) {
	for _, d := range []struct {
		spec    kpi.Spec
		by      []string
		metrics string
		tags    string
	}{
		{NewBacklog(), []string{"office"}, "case.opened case.resolved case.cancelled case.reopened backlog.reported", "office queue caseId"},
		{NewBacklog(), []string{"queue", "office"}, "case.opened case.resolved case.cancelled case.reopened backlog.reported", "queue office caseId"},
		{&Backlog{Start: "a", Stop: "b", Key: "id"}, nil, "a b", "id"},
		{NewResponse(), []string{"public"}, "case.opened case.responded case.cancelled", "public caseId actorKind"},
		{NewReopen(), nil, "case.opened case.resolved case.cancelled case.reopened", "caseId"},
	} {
		r := d.spec.Reads(&kpi.Common{By: d.by})
		if got := strings.Join(r.Metrics, " "); got != d.metrics {
			t.Errorf("%T reads %s", d.spec, got)
		}
		if got := strings.Join(r.Tags, " "); got != d.tags {
			t.Errorf("%T reads the tags %s", d.spec, got)
		}
	}
}

func TestManualsExplainWhatThereIs(t *testing.T) {
	for _, d := range []struct {
		spec   kpi.Spec
		manual kpi.Manual
		figure any
	}{{NewBacklog(), BacklogManual(), BacklogFigures{}}, {NewResponse(), ResponseManual(), ResponseFigures{}}, {NewReopen(), ReopenManual(), ReopenFigures{}}} {
		explained := text(d.manual.Figures)
		for name := range strings.SplitSeq(strings.Trim(text(d.figure), "{}"), ",") {
			name = strings.Trim(strings.SplitN(name, ":", 2)[0], `"`)
			if !strings.Contains(explained, name) {
				t.Errorf("the manual of %T does not explain %s", d.spec, name)
			}
		}
	}
}
