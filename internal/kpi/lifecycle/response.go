package lifecycle

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// Response is what a first_response KPI says.
type Response struct {
	// Start is the first contact; Cancel, which may be empty, ends the wait of a
	// case that is not to be counted.
	Start  string `yaml:"start"`
	Cancel string `yaml:"cancel"`
	// Respond is a reply. It counts unless its tag Public is "false", or its tag
	// Actor is one of Bots.
	Respond string   `yaml:"respond"`
	Public  string   `yaml:"public"`
	Actor   string   `yaml:"actor"`
	Bots    []string `yaml:"bots"`
	// Key is the tag that identifies a case.
	Key string `yaml:"key"`
	// Calendar gives the figures in its open hours as well.
	Calendar string `yaml:"calendar"`
}

// NewResponse is a spec with its defaults.
func NewResponse() *Response {
	return &Response{
		Start: "case.opened", Cancel: "case.cancelled", Respond: "case.responded",
		Public: "public", Actor: "actorKind", Bots: []string{"bot", "automation"}, Key: "caseId",
	}
}

func (s *Response) roles() []role {
	return []role{{"start", s.Start, started, true}, {"respond", s.Respond, responded, true}, {"cancel", s.Cancel, cancelled, false}}
}

// Validate implements kpi.Spec.
func (s *Response) Validate(_ *kpi.Common, env *kpi.Env) fault.List {
	faults := validateRoles(s.roles(), s.Key, env)
	if s.Calendar != "" && env != nil {
		if _, ok := env.Calendars[s.Calendar]; !ok {
			known := slices.Sorted(maps.Keys(env.Calendars))
			why := fmt.Sprintf("no calendar is called %q%s", s.Calendar, suggest.Near(s.Calendar, known))
			if len(known) == 0 {
				why += ": the section calendars of the configuration defines none"
			}
			faults.Add(why, "calendar")
		}
	}
	return faults
}

// CalendarNames implements kpi.Timed.
func (s *Response) CalendarNames() []string {
	if s.Calendar == "" {
		return nil
	}
	return []string{s.Calendar}
}

// Reads implements kpi.Spec.
func (s *Response) Reads(c *kpi.Common) kpi.Reads {
	return readsOf(s.roles(), append(slices.Clone(c.By), s.Key, s.Public, s.Actor)...)
}

// Describe implements kpi.Spec.
func (s *Response) Describe(*kpi.Common) kpi.Description {
	excludes := "replies that are not public or not by people; replies before the first contact; replies to a case never opened (counted as unmatched), and events without the tag " + s.Key
	if s.Cancel != "" {
		excludes += "; cases ended by " + s.Cancel + " before a reply (counted as cancelled)"
	}
	return kpi.Description{
		Unit:     "h",
		Formula:  fmt.Sprintf("median of the first public human %s - %s, over cases opened in the window; cases that still wait count with their wait so far (Kaplan-Meier)", s.Respond, s.Start),
		Excludes: excludes,
	}
}

// New implements kpi.Spec.
func (s *Response) New(c *kpi.Common, env *kpi.Env) kpi.Evaluator {
	labels := facts.NewLabels(c.By)
	e := &response{
		spec: s, labels: labels, index: newResponseIndex(len(c.By) > 0),
		feed: feed{kinds: kindsOf(s.roles()), key: s.Key, labels: labels},
	}
	if env != nil && s.Calendar != "" {
		e.calendar = env.Calendars[s.Calendar]
	}
	e.cases = fold.NewKeyed[wait](responseRules{rules{labels}}, e.index)
	return e
}

// response holds the waits of cases.
type response struct {
	spec     *Response
	calendar *calendar.Calendar
	feed     feed
	labels   *facts.Labels
	index    *facts.Index
	cases    *fold.Keyed[wait]

	clock, business durations // scratch
}

// Apply implements kpi.Evaluator.
func (e *response) Apply(b *kpi.Batch) {
	h := e.human(b)
	e.feed.apply(b, func(row int, key uint32, ev fold.Event) {
		if ev.Kind != responded || h.replied(row) {
			e.cases.Add(key, ev)
		}
	}, func(row int, ev fold.Event) {
		if ev.Kind != responded || h.replied(row) {
			e.index.Add(facts.Fact{Kind: lost, Group: ev.Label, T: ev.T})
		}
	})
}

// human tells the public replies of people in a block from others.
type human struct {
	public, actor *event.TagColumn
	private       uint32
	bots          []uint32
}

func (e *response) human(b *kpi.Batch) (h human) {
	if h.public = b.Tag(e.spec.Public); h.public != nil {
		h.private, _ = h.public.Code("false")
	}
	if h.actor = b.Tag(e.spec.Actor); h.actor != nil {
		for _, name := range e.spec.Bots {
			if code, ok := h.actor.Code(name); ok {
				h.bots = append(h.bots, code)
			}
		}
	}
	return h
}

func (h *human) replied(row int) bool {
	if h.public != nil && h.private != event.Absent && h.public.Codes[row] == h.private {
		return false
	}
	return h.actor == nil || !slices.Contains(h.bots, h.actor.Codes[row])
}

// Changes implements kpi.Evaluator. The waits that go on grow with time alone,
// and may move the median; so does an answer that was known ahead of its time.
func (e *response) Changes(from, to, window int64) bool {
	for range e.index.Total().RangeAbove(waits, to-window, to, float64(from)) {
		return true
	}
	return e.index.Changes(from, to) || e.index.Changes(from-window, to-window)
}

// Forget implements kpi.Evaluator.
func (e *response) Forget(t int64) {
	e.index.Forget(t)
	e.cases.Forget(t)
}

// AppendBinary implements kpi.Evaluator.
func (e *response) AppendBinary(dst []byte) []byte {
	return e.index.AppendBinary(e.cases.AppendBinary(e.labels.AppendBinary(dst)))
}

// Restore implements kpi.Evaluator.
func (e *response) Restore(r *bin.Reader) {
	e.labels.Restore(r)
	e.cases.Restore(r)
	e.index.Restore(r)
}
