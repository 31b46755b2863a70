package duckdb

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// tally counts events by metric, and by the tag keys that they carry.
type tally map[string]*counted

type counted struct {
	events      int64
	first, last int64
	tags        map[string]int64
}

func (t tally) of(metric string) *counted {
	c := t[metric]
	if c == nil {
		c = &counted{tags: map[string]int64{}}
		t[metric] = c
	}
	return c
}

// add counts what another tally counted.
func (t tally) add(o tally) {
	for metric, n := range o {
		if n.events == 0 {
			continue
		}
		c := t.of(metric)
		c.see(n.first, n.last, n.events)
		for key, events := range n.tags {
			c.tags[key] += events
		}
	}
}

func (c *counted) see(first, last, events int64) {
	if c.events == 0 {
		c.first, c.last = first, last
	}
	c.first, c.last = min(c.first, first), max(c.last, last)
	c.events += events
}

// subtract takes away deleted events. The first of what remains is not known
// from counts; the caller sets it.
func (t tally) subtract(o tally) {
	for metric, n := range o {
		c := t.of(metric)
		c.events -= n.events
		if c.events <= 0 {
			delete(t, metric)
			continue
		}
		for key, events := range n.tags {
			if c.tags[key] -= events; c.tags[key] <= 0 {
				delete(c.tags, key)
			}
		}
	}
}

func (t tally) clone() tally {
	copied := make(tally, len(t))
	copied.add(t)
	return copied
}

// countBlock counts a block without looking at any text: by codes alone.
func countBlock(b *event.Block) tally {
	metrics := make([]counted, len(b.Metric.Words))
	for i, code := range b.Metric.Codes {
		metrics[code].see(b.Times[i], b.Times[i], 1)
	}
	t := make(tally, len(metrics))
	for code := range metrics {
		if m := &metrics[code]; m.events > 0 {
			m.tags = map[string]int64{}
			t[strings.Clone(b.Metric.Words[code])] = m
		}
	}
	carried := make([]int64, len(metrics))
	for k := range b.Tags {
		clear(carried)
		for i, code := range b.Tags[k].Codes {
			if code != event.Absent {
				carried[b.Metric.Codes[i]]++
			}
		}
		for code, events := range carried {
			if events > 0 {
				metrics[code].tags[strings.Clone(b.Tags[k].Key)] += events
			}
		}
	}
	return t
}

// count counts stored events by a query; where restricts them.
func count(ctx context.Context, c *native.Conn, l *layout, where string, args ...any) (tally, error) {
	var q strings.Builder
	q.WriteString(`SELECT metric, count(*), min(time), max(time)`)
	for _, tag := range l.tags {
		q.WriteString(`, count(` + quote(tag.name) + `)`)
	}
	q.WriteString(` FROM events WHERE ` + where + ` GROUP BY metric`)
	t := tally{}
	err := each(ctx, c, func(r *native.Result, row int) error {
		m := t.of(r.Texts(0).Copy(row))
		m.see(r.Int64s(2)[row], r.Int64s(3)[row], r.Int64s(1)[row])
		for i, tag := range l.tags {
			if n := r.Int64s(4 + i)[row]; n > 0 {
				m.tags[tag.key] = n
			}
		}
		return nil
	}, q.String(), args...)
	if err != nil || !l.hasMore {
		return t, err
	}
	err = each(ctx, c, func(r *native.Result, row int) error {
		t.of(r.Texts(0).Copy(row)).tags[r.Texts(1).Copy(row)] = r.Int64s(2)[row]
		return nil
	}, `SELECT metric, key, count(*) FROM
		(SELECT metric, unnest(map_keys(more_tags)) AS key FROM events WHERE `+where+` AND more_tags IS NOT NULL)
		GROUP BY ALL`, args...)
	return t, err
}

// loadTally reads what saveTally wrote.
func loadTally(ctx context.Context, c *native.Conn) (tally, error) {
	t := tally{}
	err := each(ctx, c, func(r *native.Result, row int) error {
		t.of(r.Texts(0).Copy(row)).see(r.Int64s(2)[row], r.Int64s(3)[row], r.Int64s(1)[row])
		return nil
	}, `SELECT metric, events, first, last FROM metrics`)
	if err != nil {
		return nil, err
	}
	err = each(ctx, c, func(r *native.Result, row int) error {
		t.of(r.Texts(0).Copy(row)).tags[r.Texts(1).Copy(row)] = r.Int64s(2)[row]
		return nil
	}, `SELECT metric, key, events FROM metric_tags`)
	return t, err
}

// saveTally keeps t as the count of all events up to the position.
func saveTally(ctx context.Context, w *native.Conn, t tally) error {
	err := w.Exec(ctx, `DELETE FROM metrics; DELETE FROM metric_tags; UPDATE position SET counted_seq = event_seq`)
	if err != nil {
		return err
	}
	var metrics, tagMetrics, tagKeys []string
	var events, first, last, tagEvents []int64
	for metric, m := range t {
		metrics, events = append(metrics, metric), append(events, m.events)
		first, last = append(first, m.first), append(last, m.last)
		for key, n := range m.tags {
			tagMetrics, tagKeys, tagEvents = append(tagMetrics, metric), append(tagKeys, key), append(tagEvents, n)
		}
	}
	err = w.Append(ctx, "metrics", len(metrics), []native.Column{
		native.Plain(metrics), native.Ints(events), native.Moments(first), native.Moments(last)})
	if err != nil {
		return err
	}
	return w.Append(ctx, "metric_tags", len(tagMetrics), []native.Column{
		native.Plain(tagMetrics), native.Plain(tagKeys), native.Ints(tagEvents)})
}

// catalogue is the tally of all events, kept in memory as commits go by. The
// file has it as of the last checkpoint; opening counts what came after.
type catalogue struct {
	mu    sync.RWMutex
	tally tally
}

func (c *catalogue) set(t tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally = t
}

func (c *catalogue) count(b *event.Block) {
	if b == nil || b.Len() == 0 {
		return
	}
	counted := countBlock(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.add(counted)
}

// copied gives a copy to compute with.
func (c *catalogue) copied() tally {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.tally.clone()
}

// Metrics lists every metric name, ordered by name.
func (s *Store) Metrics(ctx context.Context) ([]store.MetricInfo, error) {
	s.catalogue.mu.RLock()
	defer s.catalogue.mu.RUnlock()
	infos := make([]store.MetricInfo, 0, len(s.catalogue.tally))
	for metric, m := range s.catalogue.tally {
		keys := make([]string, 0, len(m.tags))
		for key := range m.tags {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		infos = append(infos, store.MetricInfo{
			Metric: metric, Count: uint64(m.events), First: m.first, Last: m.last, TagKeys: keys})
	}
	slices.SortFunc(infos, func(a, b store.MetricInfo) int { return strings.Compare(a.Metric, b.Metric) })
	return infos, ctx.Err()
}
