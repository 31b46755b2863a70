package facts

import (
	"cmp"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/radix"
)

// A long series is larger than the caches: a fact that belongs somewhere in its
// middle costs a wait for memory, and many such facts come together. They wait
// until they are some thousands, or until something is asked; then they are
// sorted, what was put in and taken out again cancels, and each chunk is touched
// once.
const (
	fewChunks = 4
	// laterShare of the series may wait, between leastLater and mostLater facts.
	laterShare = 8
	leastLater = 256
	mostLater  = 8192
)

// later is what waits to be put into a series and to be taken out of it.
type later struct{ in, out []point }

type point struct {
	t int64
	x float64
}

func comparePoints(a, b point) int {
	if a.t != b.t {
		return cmp.Compare(a.t, b.t)
	}
	return cmp.Compare(a.x, b.x)
}

// Put is Add at a time of the series' own choosing.
func (s *Series) Put(t int64, x float64) {
	if t >= s.end || len(s.chunks) < fewChunks && s.later == nil || s.horizon.covers(t) {
		s.Add(t, x)
		return
	}
	s.n++
	s.wait().in = append(s.later.in, s.point(t, x))
	s.settleMany()
}

// Take is Remove at a time of the series' own choosing. What was not there adds
// to Missing.
func (s *Series) Take(t int64, x float64) {
	if len(s.chunks) < fewChunks && s.later == nil || s.horizon.covers(t) {
		if !s.Remove(t, x) {
			s.missing++
		}
		return
	}
	s.n--
	s.wait().out = append(s.later.out, s.point(t, x))
	s.settleMany()
}

// Change is Revise at a time of the series' own choosing.
func (s *Series) Change(t int64, from, to float64) {
	if len(s.chunks) < fewChunks && s.later == nil {
		if !s.Revise(t, from, to) {
			s.missing++
		}
		return
	}
	s.Take(t, from)
	s.Put(t, to)
}

// Missing counts the facts that should have been there to be taken out.
func (s *Series) Missing() int {
	s.settle()
	return s.missing
}

func (s *Series) wait() *later {
	if s.later == nil {
		s.later = &later{}
	}
	return s.later
}

func (s *Series) point(t int64, x float64) point {
	if !s.wide {
		x = 0
	}
	return point{t, x}
}

func (s *Series) settleMany() {
	if len(s.later.in)+len(s.later.out) >= min(max(s.n/laterShare, leastLater), mostLater) {
		s.settle()
	}
}

// settle makes the changes that wait.
func (s *Series) settle() {
	l := s.later
	if l == nil || len(l.in)+len(l.out) == 0 {
		return
	}
	s.sort(l.in)
	s.sort(l.out)
	in, out := cancel(l.in, l.out)
	l.in, l.out = l.in[:0], l.out[:0]
	s.n += len(out) - len(in) // they are counted already
	s.takeAll(out)
	s.putAll(in)
}

func (s *Series) sort(points []point) {
	radix.Sort(points, func(p point) int64 { return p.t })
	for s.wide && len(points) > 0 {
		same := 1
		for same < len(points) && points[same].t == points[0].t {
			same++
		}
		if same > 1 {
			slices.SortFunc(points[:same], comparePoints)
		}
		points = points[same:]
	}
}

// cancel leaves out what is in both; both are in order.
func cancel(in, out []point) (onlyIn, onlyOut []point) {
	onlyIn, onlyOut = in[:0], out[:0]
	for len(in) > 0 && len(out) > 0 {
		switch order := comparePoints(in[0], out[0]); {
		case order < 0:
			onlyIn, in = append(onlyIn, in[0]), in[1:]
		case order > 0:
			onlyOut, out = append(onlyOut, out[0]), out[1:]
		default:
			in, out = in[1:], out[1:]
		}
	}
	return append(onlyIn, in...), append(onlyOut, out...)
}

// takeAll takes facts out, in order.
func (s *Series) takeAll(out []point) {
	for len(out) > 0 {
		i := s.chunkOf(out[0].t)
		n := 0
		if i >= 0 {
			c := &s.chunks[i]
			n = c.removeRun(out[:s.run(i, out)], s.wide)
		}
		if n == 0 { // it is in a chunk before, or nowhere
			if !s.remove(out[0].t, out[0].x) {
				s.missing++
			}
			out = out[1:]
			continue
		}
		s.n -= n
		s.counted = min(s.counted, i)
		s.tidy(i)
		out = out[n:]
	}
}

// putAll puts facts in, in order.
func (s *Series) putAll(in []point) {
	for len(in) > 0 {
		t, x := in[0].t, in[0].x
		i := s.chunkOf(t)
		if i < 0 || !s.chunks[i].fits(t) || s.wide && s.chunks[i].lo == t && s.chunks[i].startsAfter(t, x) {
			s.Add(t, x)
			in = in[1:]
			continue
		}
		c := &s.chunks[i]
		s.counted = min(s.counted, i)
		n := min(s.run(i, in), chunkRows-len(c.off))
		if n == 0 {
			s.insertChunk(i+1, c.cut(len(c.off)/2, s.wide))
			continue
		}
		c.insertRun(in[:n], s.wide)
		s.n += n
		in = in[n:]
	}
}

// run counts the points at the head that belong into chunk i and no later one.
func (s *Series) run(i int, points []point) int {
	n, c := 1, &s.chunks[i]
	for n < len(points) && (i+1 == len(s.chunks) || points[n].t < s.chunks[i+1].lo) && c.fits(points[n].t) {
		n++
	}
	return n
}

// insertRun puts facts in that belong here, in order; there is room for them.
func (c *chunk) insertRun(in []point, wide bool) {
	n := len(c.off)
	c.off = slices.Grow(c.off, len(in))[:n+len(in)]
	if wide {
		c.x = slices.Grow(c.x, len(in))[:n+len(in)]
	}
	for k, p := range slices.Backward(in) { // the last first, so that each old fact moves once
		o := uint32(p.t - c.lo)
		at := c.place(n, o, p.x, wide)
		copy(c.off[at+k+1:], c.off[at:n])
		c.off[at+k] = o
		if wide {
			copy(c.x[at+k+1:], c.x[at:n])
			c.x[at+k] = p.x
			c.max = max(c.max, p.x)
		}
		n = at
	}
}

// place counts those of the first n facts that come before (o, x).
func (c *chunk) place(n int, o uint32, x float64, wide bool) int {
	at := below(c.off[:n], o)
	for wide && at < n && c.off[at] == o && c.x[at] < x {
		at++
	}
	return at
}

// removeRun takes facts out, in order, up to the first that is not here, and
// tells how many it took.
func (c *chunk) removeRun(out []point, wide bool) int {
	kept, from, taken := 0, 0, 0 // off[from:] has not been looked at yet
	keep := func(end int) {
		if kept != from {
			copy(c.off[kept:], c.off[from:end])
			if wide {
				copy(c.x[kept:], c.x[from:end])
			}
		}
		kept += end - from
	}
	for _, p := range out {
		if !c.fits(p.t) {
			break
		}
		o := uint32(p.t - c.lo)
		at := from + below(c.off[from:], o)
		for wide && at < len(c.off) && c.off[at] == o && c.x[at] < p.x {
			at++
		}
		if at == len(c.off) || c.off[at] != o || wide && c.x[at] != p.x {
			break
		}
		if wide {
			c.loose = c.loose || p.x == c.max
		}
		keep(at)
		from = at + 1
		taken++
	}
	keep(len(c.off))
	c.off = c.off[:kept]
	if wide {
		c.x = c.x[:kept]
	}
	return taken
}
