package promql

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// track holds the events of one metric from an instant on, as series.
type track struct {
	metric string
	// kept says which labels count; nil: all do.
	kept *kept
	// from is the time from which on all events are in.
	from int64
	// through is the number of the last event looked at.
	through uint64
	lines   map[uint64][]*line // by the hash of their labels
	order   []*line            // by labels; sorted says so
	sorted  bool
	count   int

	// newest and width tell what is asked for: the latest end, and how far back
	// from it.
	newest, width int64

	builder labels.ScratchBuilder
	places  map[string]int // scratch of add: by the codes of tags
	batches map[*line]int  // scratch of add
	pending []batch        // scratch of add
	key     []byte
}

// batch is what a block adds to a line.
type batch struct {
	line   *line
	points []point
}

func newTrack(metric string, k *kept, from int64) *track {
	return &track{metric: metric, kept: k, from: from, newest: math.MinInt64, lines: map[uint64][]*line{}, builder: labels.NewScratchBuilder(8), places: map[string]int{}, batches: map[*line]int{}}
}

// asked notes that [from, to] was asked for.
func (t *track) asked(from, to int64) {
	t.newest = max(t.newest, to)
	t.width = max(t.width, t.newest-from)
}

// add takes the events of the metric in; those numbered up to through have
// been. seqs may be nil: then they are numbered from first on.
func (t *track) add(b *event.Block, first uint64, seqs []uint64) {
	code, ok := b.Metric.Code(t.metric)
	if !ok {
		return
	}
	clear(t.places)
	clear(t.batches)
	t.pending = t.pending[:0]
	for i, c := range b.Metric.Codes {
		if c != code || b.Times[i] < t.from {
			continue
		}
		seq := first + uint64(i)
		if seqs != nil {
			seq = seqs[i]
		}
		if seq <= t.through {
			continue
		}
		at := t.place(b, i)
		t.pending[at].points = append(t.pending[at].points, point{b.Times[i], b.Values[i]})
	}
	for i := range t.pending {
		p := &t.pending[i]
		t.count += len(p.points)
		p.line.add(p.points)
		p.line, p.points = nil, p.points[:0]
	}
}

// addAll takes blocks in.
func (t *track) addAll(blocks []applied) {
	for _, a := range blocks {
		t.add(a.block, a.first, nil)
		t.through = max(t.through, a.last)
	}
}

// place finds the batch of row i, by the codes of its tags.
func (t *track) place(b *event.Block, i int) int {
	t.key = t.key[:0]
	for k := range b.Tags {
		t.key = binary.LittleEndian.AppendUint32(t.key, b.Tags[k].Codes[i])
	}
	at, known := t.places[string(t.key)]
	if known {
		return at
	}
	l := t.line(t.labelsOf(b, i))
	if at, known = t.batches[l]; !known { // an empty tag and an absent one are the same label, and some labels may not count
		at = len(t.pending)
		t.batches[l] = at
		if at < cap(t.pending) {
			t.pending = t.pending[:at+1]
			t.pending[at].line = l
		} else {
			t.pending = append(t.pending, batch{line: l})
		}
	}
	t.places[string(t.key)] = at
	return at
}

// exported is put before a tag that has the name of the metric's own label.
const exported = "exported_"

func (t *track) labelsOf(b *event.Block, i int) labels.Labels {
	t.builder.Reset()
	t.builder.Add(model.MetricNameLabel, t.metric)
	for k := range b.Tags {
		text := b.Tags[k].Text(i)
		if text == "" {
			continue // for Prometheus an empty label is none
		}
		key := b.Tags[k].Key
		if key == model.MetricNameLabel {
			key = exported + key
		}
		if !t.kept.keeps(key) {
			continue
		}
		t.builder.Add(key, text)
	}
	t.builder.Sort()
	return t.builder.Labels()
}

func (t *track) line(l labels.Labels) *line {
	h := l.Hash()
	for _, known := range t.lines[h] {
		if labels.Equal(known.labels, l) {
			return known
		}
	}
	found := &line{labels: l}
	t.lines[h] = append(t.lines[h], found)
	t.order, t.sorted = append(t.order, found), false
	return found
}

// selected are the series within [from, to] that all matchers match, sorted.
func (t *track) selected(from, to int64, g grid, matchers []*labels.Matcher) (all []series) {
	if !t.sorted {
		slices.SortFunc(t.order, func(a, b *line) int { return labels.Compare(a.labels, b.labels) })
		t.sorted = true
	}
	for _, l := range t.order {
		if !matches(l.labels, matchers) {
			continue
		}
		if part, some := l.between(from, to); some {
			all = append(all, series{part, g})
		}
	}
	return all
}

// forget drops what is older than from, and series without any sample left.
func (t *track) forget(from int64) {
	t.from, t.count = from, 0
	kept := t.order[:0]
	for _, l := range t.order {
		if part, some := l.between(from, math.MaxInt64-1); some {
			// A copy, so that what was dropped goes.
			l.times, l.values = slices.Clone(part.times), slices.Clone(part.values)
			t.count += len(l.times)
			kept = append(kept, l)
			continue
		}
		h := l.labels.Hash()
		if t.lines[h] = slices.DeleteFunc(t.lines[h], func(o *line) bool { return o == l }); len(t.lines[h]) == 0 {
			delete(t.lines, h)
		}
	}
	clear(t.order[len(kept):])
	t.order = kept
}

func matches(l labels.Labels, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(l.Get(m.Name)) {
			return false
		}
	}
	return true
}
