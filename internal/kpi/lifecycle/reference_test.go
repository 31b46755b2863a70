package lifecycle

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// The reference: figures from the events alone, those before q.At, in order, one
// case after the other. It knows the default names only.

var meaning = map[string]uint8{
	"case.opened": started, "case.responded": responded, "case.resolved": stopped, "case.cancelled": cancelled, "case.reopened": reopened,
}

// reading is one event as the reference reads it; tags are "" where absent and
// "=text" where not.
type reading struct {
	t     int64
	means uint8
	tags  []string
}

// group names what tags read, for an absent text reads as an empty one.
func group(tags []string, by []int) string {
	var texts []string
	for _, i := range by {
		texts = append(texts, strings.TrimPrefix(tags[i], "="))
	}
	return strings.Join(texts, "|")
}

// filled are tags with the absent ones taken from others.
func filled(tags, others []string) []string {
	tags = slices.Clone(tags)
	for i := range tags {
		if tags[i] == "" {
			tags[i] = others[i]
		}
	}
	return tags
}

// histories are the events before q.At that a type reads, by case and in order;
// those that name none are apart.
func histories(events []event.Event, by []string, q kpi.Query, means ...uint8) (cases [][]reading, keyless []reading) {
	byKey := map[string][]reading{}
	for _, e := range events {
		m := meaning[e.Metric]
		if m == 0 || !slices.Contains(means, m) || e.Time >= q.At {
			continue
		}
		public, _ := e.Tag("public")
		actor, _ := e.Tag("actorKind")
		if m == responded && (public == "false" || actor == "bot" || actor == "automation") {
			continue
		}
		r := reading{t: e.Time, means: m}
		for _, key := range by {
			text, ok := e.Tag(key)
			if ok {
				text = "=" + text
			}
			r.tags = append(r.tags, text)
		}
		if key, _ := e.Tag("caseId"); key != "" {
			byKey[key] = append(byKey[key], r)
		} else {
			keyless = append(keyless, r)
		}
	}
	for _, h := range byKey {
		slices.SortFunc(h, func(a, b reading) int {
			return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.means, b.means), slices.Compare(a.tags, b.tags))
		})
		cases = append(cases, h)
	}
	return cases, keyless
}

// expected is what one group should answer.
type expected struct {
	backlog  BacklogFigures
	ages     []float64
	reports  map[string]reading
	values   map[string]float64
	response ResponseFigures
	waits    durations
	reopen   ReopenFigures
}

type expectation map[string]*expected

// in are the total and the group of some tags.
func (x expectation) in(tags []string, by []int) []*expected {
	var all []*expected
	for _, name := range []string{"total", "group " + group(tags, by)} {
		if x[name] == nil {
			x[name] = &expected{reports: map[string]reading{}, values: map[string]float64{}}
		}
		all = append(all, x[name])
	}
	return all
}

// cycles calls what happens to a case, and gives the tags it has then.
func cycles(history []reading, happens func(r reading, what turn, was, tags []string), atEnd func(since int64, tags []string)) {
	var tags, own, before []string
	open, known, since := false, false, int64(0)
	empty := make([]string, len(history[0].tags))
	before, tags = empty, empty
	for _, r := range history {
		begins := r.means == started || r.means == reopened
		was := tags
		switch {
		case open && begins:
			own = filled(own, r.tags)
			tags = filled(own, before)
			happens(r, nothing, was, tags)
		case open:
			own = filled(own, r.tags)
			tags = filled(own, before)
			open, before = false, tags
			happens(r, map[uint8]turn{stopped: resolved, cancelled: dropped}[r.means], was, tags)
		case begins:
			open, known, since, own = true, true, r.t, r.tags
			tags = filled(own, before)
			happens(r, map[uint8]turn{started: opened, reopened: openedAgain}[r.means], tags, tags)
		case !known:
			happens(r, unmatched, r.tags, r.tags)
		}
	}
	if open && atEnd != nil {
		atEnd(since, tags)
	}
}

func expectBacklog(events []event.Event, by []string, q kpi.Query) expectation {
	x := expectation{}
	cases, keyless := histories(events, by, q, started, stopped, cancelled, reopened)
	window := func(r reading) bool { return r.t >= q.From }
	for _, h := range cases {
		cycles(h, func(r reading, what turn, was, tags []string) {
			if !slices.Equal(was, tags) && window(r) {
				for _, e := range x.in(was, q.By)[1:] {
					e.backlog.Moved--
				}
				for _, e := range x.in(tags, q.By)[1:] {
					e.backlog.Moved++
				}
			}
			for _, e := range x.in(tags, q.By) {
				if !window(r) {
					continue
				}
				switch what {
				case opened:
					e.backlog.Opened++
				case openedAgain:
					e.backlog.Reopened++
				case resolved:
					e.backlog.Resolved++
				case dropped:
					e.backlog.Cancelled++
				case unmatched:
					e.backlog.Unmatched++
				}
			}
		}, func(since int64, tags []string) {
			for _, e := range x.in(tags, q.By) {
				e.backlog.Open++
				e.ages = append(e.ages, float64(q.At-since)/3_600_000)
			}
		})
	}
	for _, r := range keyless {
		for _, e := range x.in(r.tags, q.By) {
			if window(r) {
				e.backlog.Unmatched++
			}
		}
	}
	expectReports(x, events, by, q)
	for _, e := range x {
		f := &e.backlog
		f.Net = f.Opened + f.Reopened - f.Resolved - f.Cancelled
		f.Partial = q.At > q.Now
		if len(e.ages) > 0 {
			slices.Sort(e.ages)
			n := len(e.ages)
			f.Age = Ages{&e.ages[(n+1)/2-1], &e.ages[(9*n+9)/10-1], &e.ages[n-1]}
		}
		for _, v := range e.values {
			if f.Reported == nil {
				f.Reported = new(float64)
			}
			*f.Reported += v
		}
		if f.Reported != nil {
			d := float64(f.Open) - *f.Reported
			f.Difference = &d
		}
	}
	return x
}

// expectReports finds what each source said last.
func expectReports(x expectation, events []event.Event, by []string, q kpi.Query) {
	for _, ev := range events {
		if ev.Metric != "backlog.reported" || ev.Time >= q.At {
			continue
		}
		tags := make([]string, len(by))
		var source string
		for i, key := range append(slices.Clone(by), "queue") {
			text, ok := ev.Tag(key)
			if ok {
				text = "=" + text
			}
			if i < len(by) {
				tags[i] = text
			}
			source += text + "|"
		}
		for _, e := range x.in(tags, q.By) {
			if last, ok := e.reports[source]; !ok || last.t < ev.Time || last.t == ev.Time && e.values[source] < ev.Value {
				e.reports[source], e.values[source] = reading{t: ev.Time}, ev.Value
			}
		}
	}
}

func expectResponse(events []event.Event, by []string, q kpi.Query) expectation {
	x := expectation{}
	cases, keyless := histories(events, by, q, started, responded, cancelled)
	for _, h := range cases {
		since, heard, over := int64(0), false, false
		var tags []string
		for _, r := range h {
			switch {
			case !heard && r.means == started:
				heard, since, tags = true, r.t, r.tags
			case !heard:
				keyless = append(keyless, r)
			case over || r.means == started:
			case r.means == responded:
				over, tags = true, filled(tags, r.tags)
				for _, e := range x.in(tags, q.By) {
					if since >= q.From {
						e.waits.ended = append(e.waits.ended, float64(r.t-since)/3_600_000)
					}
				}
			default:
				over = true
				for _, e := range x.in(tags, q.By) {
					if since >= q.From {
						e.response.Cancelled++
					}
				}
			}
		}
		if heard && since >= q.From && !over {
			for _, e := range x.in(tags, q.By) {
				e.waits.censored = append(e.waits.censored, float64(q.At-since)/3_600_000)
			}
		}
	}
	for _, r := range keyless {
		for _, e := range x.in(r.tags, q.By) {
			if r.t >= q.From {
				e.response.Unmatched++
			}
		}
	}
	for _, e := range x {
		f := &e.response
		f.Answered, f.Unanswered, f.Partial = int64(len(e.waits.ended)), int64(len(e.waits.censored)), q.At > q.Now
		curve := stats.KaplanMeier(e.waits.ended, e.waits.censored)
		f.P50, f.P90 = known(curve.Quantile(0.5)), known(curve.Quantile(0.9))
	}
	return x
}

func expectReopen(events []event.Event, by []string, q kpi.Query, within int64) expectation {
	x := expectation{}
	cases, keyless := histories(events, by, q, started, stopped, cancelled, reopened)
	for _, h := range cases {
		last := int64(math.MinInt64)
		var lastTags []string
		cycles(h, func(r reading, what turn, _, tags []string) {
			switch {
			case what == unmatched:
				keyless = append(keyless, r)
			case what == resolved && r.t >= q.From:
				last, lastTags = r.t, tags
				for _, e := range x.in(tags, q.By) {
					if r.t+within <= q.At {
						e.reopen.Resolved++
					} else {
						e.reopen.Pending++
					}
				}
			case what == openedAgain && last >= q.From && r.t < last+within && last+within <= q.At:
				for _, e := range x.in(lastTags, q.By) {
					e.reopen.Reopened++
				}
				last = math.MinInt64
			case what != nothing:
				last = math.MinInt64
			}
		}, nil)
	}
	for _, r := range keyless {
		for _, e := range x.in(r.tags, q.By) {
			if r.t >= q.From {
				e.reopen.Unmatched++
			}
		}
	}
	for _, e := range x {
		e.reopen.Partial = q.At > q.Now
	}
	return x
}
