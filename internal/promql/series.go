package promql

import (
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// series is a line as the engine reads it.
type series struct {
	line
	grid grid
}

// Labels implements storage.Series.
func (s *series) Labels() labels.Labels { return s.labels }

// Iterator implements storage.Series.
func (s *series) Iterator(chunkenc.Iterator) chunkenc.Iterator {
	return storage.NewListSeriesIterator(&samples{series: s})
}

// grid tells the instants at which a selector is evaluated.
type grid struct {
	known     bool
	end, step int64
}

func gridOf(h *storage.SelectHints) grid {
	if h == nil {
		return grid{}
	}
	return grid{true, h.End, h.Step}
}

// has reports whether the engine may look at exactly t.
func (g grid) has(t int64) bool {
	if !g.known || g.step <= 0 {
		return g.known && t == g.end
	}
	return (g.end-t)%g.step == 0 || t%g.step == 0 // the second in subqueries
}

// samples are those of a series one by one. The engine takes one sample of the
// very instant that it looks at; where there are more, all but the last are
// shown a millisecond earlier, so that each counts.
type samples struct {
	*series
	one sample
}

// Len implements storage.Samples.
func (s *samples) Len() int { return len(s.times) }

// Get implements storage.Samples; what it gives is good until the next call.
func (s *samples) Get(i int) chunks.Sample {
	t := s.times[i]
	if i+1 < len(s.times) && s.times[i+1] == t && s.grid.has(t) {
		t--
	}
	s.one = sample{t, s.values[i]}
	return &s.one
}

// sample is one event as the engine reads it.
type sample struct {
	time  int64
	value float64
}

// T implements chunks.Sample.
func (s *sample) T() int64 { return s.time }

// ST implements chunks.Sample: events have no start.
func (*sample) ST() int64 { return 0 }

// F implements chunks.Sample.
func (s *sample) F() float64 { return s.value }

// H implements chunks.Sample; no event is a histogram.
func (*sample) H() *histogram.Histogram { return nil }

// FH implements chunks.Sample; no event is a histogram.
func (*sample) FH() *histogram.FloatHistogram { return nil }

// Type implements chunks.Sample.
func (*sample) Type() chunkenc.ValueType { return chunkenc.ValFloat }

// Copy implements chunks.Sample.
func (s *sample) Copy() chunks.Sample { c := *s; return &c }
