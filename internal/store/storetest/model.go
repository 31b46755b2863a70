package storetest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// model is a store as one would write it with no thought of speed.
type model struct {
	position store.Position
	events   []event.Event
	keys     []store.Key
	alerts   []alert.Transition
	state    map[string][]byte
	tagKeys  map[string]bool
}

func (m *model) commit(c store.Commit, events []event.Event) {
	for i, e := range events {
		e = ordered(e)
		e.Seq = m.position.Seq + uint64(i) + 1
		m.events = append(m.events, e)
		for _, t := range e.Tags {
			if m.tagKeys == nil {
				m.tagKeys = map[string]bool{}
			}
			m.tagKeys[t.Key] = true
		}
	}
	m.position = c.Position
	m.keys = append(m.keys, c.Keys...)
	m.alerts = append(m.alerts, c.Alerts...)
	for name, data := range c.State {
		if m.state == nil {
			m.state = map[string][]byte{}
		}
		if m.state[name] = data; data == nil {
			delete(m.state, name)
		}
	}
}

func (m *model) retain(before, keysBefore int64) uint64 {
	count := len(m.events)
	m.events = slices.DeleteFunc(m.events, func(e event.Event) bool { return e.Time < before })
	m.keys = slices.DeleteFunc(m.keys, func(k store.Key) bool { return k.Received < keysBefore })
	return uint64(count - len(m.events))
}

func selects(f store.Filter, e event.Event) bool {
	named := len(f.Metrics) == 0
	for _, name := range f.Metrics {
		prefix, wild := strings.CutSuffix(name, "*")
		named = named || e.Metric == name || wild && strings.HasPrefix(e.Metric, prefix)
	}
	for _, t := range f.Tags {
		if text, ok := e.Tag(t.Key); !ok || text != t.Value {
			return false
		}
	}
	return named
}

// page answers an EventQuery.
func (m *model) page(q store.EventQuery) (page []event.Event, more bool) {
	for _, e := range m.events {
		if selects(q.Filter, e) && e.Time >= q.From && (q.To == 0 || e.Time < q.To) &&
			(q.Before == nil || e.Time < q.Before.Time || e.Time == q.Before.Time && e.Seq < q.Before.Seq) {
			page = append(page, e)
		}
	}
	slices.SortFunc(page, func(a, b event.Event) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(b.Seq, a.Seq))
	})
	if len(page) > q.Limit {
		return page[:q.Limit], true
	}
	return page, false
}

func (m *model) replay(f store.Filter, seq, last uint64) (events []event.Event) {
	for _, e := range m.events {
		if e.Seq > seq && e.Seq <= last && selects(f, e) {
			events = append(events, e)
		}
	}
	return events
}

func (m *model) metrics() []store.MetricInfo {
	byName := map[string]*store.MetricInfo{}
	for _, e := range m.events {
		info := byName[e.Metric]
		if info == nil {
			info = &store.MetricInfo{Metric: e.Metric, First: e.Time, Last: e.Time, TagKeys: []string{}}
			byName[e.Metric] = info
		}
		info.Count++
		info.First, info.Last = min(info.First, e.Time), max(info.Last, e.Time)
		for _, t := range e.Tags {
			if !slices.Contains(info.TagKeys, t.Key) {
				info.TagKeys = append(info.TagKeys, t.Key)
			}
		}
	}
	infos := make([]store.MetricInfo, 0, len(byName))
	for _, info := range byName {
		slices.Sort(info.TagKeys)
		infos = append(infos, *info)
	}
	slices.SortFunc(infos, func(a, b store.MetricInfo) int { return strings.Compare(a.Metric, b.Metric) })
	return infos
}

func (m *model) rates(f store.Filter, from, to, step int64) []store.Series {
	byName := map[string][]uint64{}
	for _, e := range m.events {
		if e.Time < from || e.Time >= to || !selects(f, e) {
			continue
		}
		if byName[e.Metric] == nil {
			byName[e.Metric] = make([]uint64, (to-from+step-1)/step)
		}
		byName[e.Metric][(e.Time-from)/step]++
	}
	var series []store.Series
	for metric, points := range byName {
		series = append(series, store.Series{Metric: metric, Points: points})
	}
	slices.SortFunc(series, func(a, b store.Series) int { return strings.Compare(a.Metric, b.Metric) })
	return series
}

func (m *model) identities(since int64, most int) (found []store.Identity) {
	for _, e := range m.events {
		if e.ID != "" && receivedAt(e.Seq) >= since {
			found = append(found, store.Identity{Seq: e.Seq, Source: e.Source, ID: e.ID, Received: receivedAt(e.Seq)})
		}
	}
	return found[max(0, len(found)-most):]
}

func (m *model) lastKeys(since int64, most int) (found []store.Key) {
	for _, k := range m.keys {
		if k.Received >= since {
			found = append(found, k)
		}
	}
	return found[max(0, len(found)-most):]
}

func (m *model) sortedTagKeys() []string {
	keys := make([]string, 0, len(m.tagKeys))
	for key := range m.tagKeys {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
