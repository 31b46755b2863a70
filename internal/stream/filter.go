package stream

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// Kinds says which kinds of frames a subscriber wants.
type Kinds uint8

// The kinds, named as the `events` parameter names them: message, alert, kpi.
const (
	Points Kinds = 1 << iota
	Alerts
	KPIs

	AllKinds = Points | Alerts | KPIs
)

// maxPatterns bounds a filter, because every chunk is tried against it.
const maxPatterns = 100

// Filter selects frames. It is immutable; make one with NewFilter.
type Filter struct {
	kinds Kinds
	// named: the kinds were asked for by name.
	named  bool
	names  []string // exact metric names, sorted
	starts []string // metric name prefixes, sorted
	tags   []event.Tag
	// key is the same text for any two filters that select the same.
	key string
}

// NewFilter compiles a filter. Metrics are names, or prefixes where they end in
// "*"; none means all. KPIs are selected by their names as if they were metrics.
// An event must carry every tag; an alert or a KPI's value must be about a series
// that carries it. Kinds are message, alert and kpi;
// none means all. Faults are at "metric", "tag.KEY" or "events".
func NewFilter(metrics []string, tags []event.Tag, kinds []string) (*Filter, fault.List) {
	var faults fault.List
	f := &Filter{kinds: AllKinds, named: len(kinds) > 0}
	if len(metrics)+len(tags) > maxPatterns {
		faults.Add(fmt.Sprintf("at most %d patterns and tags fit in one filter", maxPatterns), "metric")
	}
	f.setMetrics(metrics, &faults)
	f.tags = slices.SortedFunc(slices.Values(tags), func(a, b event.Tag) int { return strings.Compare(a.Key, b.Key) })
	for i, t := range f.tags {
		if t.Key == "" {
			faults.Add("a tag needs a key: tag.KEY=VALUE", "tag.")
		} else if i > 0 && f.tags[i-1].Key == t.Key {
			faults.Add("a tag can have one value only", "tag."+t.Key)
		}
	}
	if len(kinds) > 0 {
		f.kinds = 0
	}
	for _, k := range kinds {
		switch k {
		case "message":
			f.kinds |= Points
		case "alert":
			f.kinds |= Alerts
		case "kpi":
			f.kinds |= KPIs
		default:
			faults.Add(fmt.Sprintf("%q is no kind of event: use message, alert or kpi, separated by commas", k), "events")
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	f.key = fmt.Sprintf("%d%t%q%q%q", f.kinds, f.named, f.names, f.starts, f.tags)
	return f, nil
}

func (f *Filter) setMetrics(metrics []string, faults *fault.List) {
	all := false
	for _, m := range metrics {
		start, open := strings.CutSuffix(m, "*")
		switch {
		case m == "":
			faults.Add("a metric name cannot be empty", "metric")
		case strings.Contains(start, "*"):
			faults.Add(fmt.Sprintf("%q: a * may only stand at the end", m), "metric")
		case open && start == "":
			all = true
		case open:
			f.starts = append(f.starts, start)
		default:
			f.names = append(f.names, m)
		}
	}
	if all {
		f.names, f.starts = nil, nil
	}
	slices.Sort(f.names)
	slices.Sort(f.starts)
	f.names, f.starts = slices.Compact(f.names), slices.Compact(f.starts)
}

// whole reports whether f selects every frame of a kind.
func (f *Filter) whole(kind Kinds) bool {
	return f.kinds&kind != 0 && f.anyMetric() && len(f.tags) == 0
}

func (f *Filter) anyMetric() bool { return len(f.names)+len(f.starts) == 0 }

func (f *Filter) matchMetric(name string) bool {
	if f.anyMetric() {
		return true
	}
	if _, ok := slices.BinarySearch(f.names, name); ok {
		return true
	}
	return slices.ContainsFunc(f.starts, func(s string) bool { return strings.HasPrefix(name, s) })
}

func (f *Filter) matchAlert(t *alert.Transition) bool {
	return f.kinds&Alerts != 0 && f.matchMetric(t.Metric) && f.matchTags(t.Tags)
}

func (f *Filter) matchUpdate(u *Update) bool {
	return f.kinds&KPIs != 0 && f.matchMetric(u.KPI) && f.matchTags(u.Tags)
}

func (f *Filter) matchTags(tags []event.Tag) bool {
	for _, t := range f.tags {
		if !slices.Contains(tags, t) {
			return false
		}
	}
	return true
}

// stored is the part of the filter that concerns points, as the store takes it.
func (f *Filter) stored() store.Filter {
	metrics := slices.Clone(f.names)
	for _, s := range f.starts {
		metrics = append(metrics, s+"*")
	}
	return store.Filter{Metrics: metrics, Tags: f.tags}
}

// codes is what a filter comes to in the dictionaries of one block.
type codes struct {
	none    bool   // no row can match
	metrics []bool // by metric code; nil: any
	tags    []tagCode
}

type tagCode struct {
	codes []uint32
	want  uint32
}

func (f *Filter) resolve(b *event.Block) *codes {
	c := &codes{}
	if !f.anyMetric() {
		c.none = true
		c.metrics = make([]bool, len(b.Metric.Words))
		for code, name := range b.Metric.Words {
			if code != event.Absent && f.matchMetric(name) {
				c.metrics[code], c.none = true, false
			}
		}
	}
	for _, t := range f.tags {
		column := b.Tag(t.Key)
		if column == nil {
			return &codes{none: true}
		}
		code, ok := column.Code(t.Value)
		if !ok {
			return &codes{none: true}
		}
		c.tags = append(c.tags, tagCode{column.Codes, code})
	}
	return c
}

func (c *codes) match(b *event.Block, row int) bool {
	if c.metrics != nil && !c.metrics[b.Metric.Codes[row]] {
		return false
	}
	for i := range c.tags {
		if t := &c.tags[i]; t.codes[row] != t.want {
			return false
		}
	}
	return true
}
