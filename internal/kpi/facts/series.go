// Package facts keeps what a KPI counts: instants, and instants with a number,
// each in order of event time, by kind and by group. Every figure over any
// window at any past or present instant is then a difference of ranks or a walk
// over a range, and a correction is a fact taken out again. It knows times and
// numbers, not what they mean; the types of KPI use it.
package facts

import (
	"math"
	"slices"
)

// Series is a multiset of instants (ms since 1970 UTC), each with a number where
// the series is wide, ordered by time and then by number. What it holds does not
// depend on the order in which it came. The zero value is empty and narrow.
// NaN is no number here: it could never be taken out.
//
// A Series is for one goroutine at a time, its queries included: what waits is
// put in, and ranks are brought up to date, when they are asked for.
type Series struct {
	wide bool
	n    int
	// chunks are not empty, and none holds a fact that belongs behind one of the
	// next. Chunk i may start before its first fact, but not before the last one
	// of chunk i-1.
	chunks []chunk
	// before[i] counts the facts in chunks[:i]; right up to before[counted].
	before  []int
	counted int
	horizon horizon
	// end is no less than the time of any fact.
	end int64
	// later is nil in a short series. n counts what waits there already.
	later   *later
	missing int
}

// Len is how many facts there are, forgotten ones left out.
func (s *Series) Len() int {
	s.settle()
	return s.n
}

// Add puts a fact in. A narrow series takes no notice of x.
func (s *Series) Add(t int64, x float64) {
	if s.horizon.covers(t) {
		s.horizon.below++
		return
	}
	s.n++
	s.end = max(s.end, t)
	if n := len(s.chunks); n > 0 && s.chunks[n-1].extend(t, x, s.wide) {
		s.counted = min(s.counted, n-1)
		return // facts mostly come in order
	}
	i := s.chunkOf(t)
	if i < 0 || !s.chunks[i].fits(t) {
		i++
		if i == len(s.chunks) || !s.chunks[i].rebase(t) {
			s.insertChunk(i, newChunk(t, false, s.wide))
		}
	}
	// Of equal times over several chunks the numbers are in order, too.
	for s.wide && i > 0 && s.chunks[i].lo == t && s.chunks[i].startsAfter(t, x) && s.chunks[i-1].fits(t) {
		i--
	}
	if len(s.chunks[i].off) >= chunkRows {
		i = s.split(i, t, x)
	}
	s.counted = min(s.counted, i)
	s.chunks[i].insert(t, x, s.wide)
}

// Remove takes a fact out; false when it is not there.
func (s *Series) Remove(t int64, x float64) bool {
	s.settle()
	return s.remove(t, x)
}

func (s *Series) remove(t int64, x float64) bool {
	if s.horizon.covers(t) {
		s.horizon.below--
		return s.horizon.below >= 0
	}
	// Equal times may reach back over several chunks.
	for i := s.chunkOf(t); i >= 0; i-- {
		c := &s.chunks[i]
		if at, ok := c.find(t, x, s.wide); ok {
			c.remove(at, s.wide)
			s.n--
			s.counted = min(s.counted, i)
			s.tidy(i)
			return true
		}
		if c.lo < t {
			return false
		}
	}
	return false
}

// Revise changes the number of a fact; false when it is not there. It moves
// nothing where the instant is that of no other fact.
func (s *Series) Revise(t int64, from, to float64) bool {
	s.settle()
	if i := s.chunkOf(t); i >= 0 && !s.horizon.covers(t) && s.chunks[i].lo < t && s.chunks[i].revise(t, from, to) {
		return true
	}
	if !s.Remove(t, from) {
		return false
	}
	s.Add(t, to)
	return true
}

// chunkOf is the last chunk that may hold t, -1 where all start after it.
func (s *Series) chunkOf(t int64) int {
	if t == math.MaxInt64 {
		return len(s.chunks) - 1
	}
	return s.startingBefore(t+1) - 1
}

// startingBefore counts the chunks that start before t, without a branch that
// depends on them.
func (s *Series) startingBefore(t int64) int {
	at, n := 0, len(s.chunks)
	for n > 1 {
		half := n / 2
		if s.chunks[at+half-1].lo < t {
			at += half
		}
		n -= half
	}
	if n == 1 && s.chunks[at].lo < t {
		at++
	}
	return at
}

func (s *Series) insertChunk(i int, c chunk) {
	s.chunks = slices.Insert(s.chunks, i, c)
	s.before = append(s.before, 0)
	s.counted = min(s.counted, i)
}

func (s *Series) deleteChunks(i, j int) {
	s.chunks = slices.Delete(s.chunks, i, j)
	s.before = s.before[:len(s.chunks)]
	s.counted = max(0, min(s.counted, i, len(s.chunks)-1))
}

// split makes two chunks of a full one and tells which of them takes a fact. The
// last chunk stays whole if the fact is behind it, so that facts in order fill
// their chunks.
func (s *Series) split(i int, t int64, x float64) int {
	c := &s.chunks[i]
	if i == len(s.chunks)-1 && !c.endsAfter(t, x, s.wide) {
		s.insertChunk(i+1, newChunk(t, true, s.wide))
		return i + 1
	}
	next := c.cut(len(c.off)/2, s.wide)
	s.counted = min(s.counted, i)
	s.insertChunk(i+1, next)
	if t > next.lo || t == next.lo && !(s.wide && next.startsAfter(t, x)) {
		return i + 1
	}
	return i
}

// tidy drops chunk i if it is empty, and joins it with the next if both have
// become small.
func (s *Series) tidy(i int) {
	c := &s.chunks[i]
	if len(c.off) == 0 {
		s.deleteChunks(i, i+1)
		return
	}
	if len(c.off) >= chunkRows/4 || i+1 == len(s.chunks) {
		return
	}
	if next := &s.chunks[i+1]; len(c.off)+len(next.off) <= chunkRows/2 && c.fits(next.at(len(next.off)-1)) {
		c.join(next, s.wide)
		s.deleteChunks(i+1, i+2)
	}
}
