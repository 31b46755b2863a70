package detect

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// batch is a step of answers, or several taken together.
type batch struct {
	from, to int64
	mean     float64
	n        int64
}

// batches takes steps together until each has `least` answers. What is left over
// at the end waits for more.
func batches(c *course, from, step, least int64) (all []batch) {
	var b batch
	var sum float64
	for i, v := range c.values {
		if c.ns[i] == 0 || math.IsNaN(v) {
			continue
		}
		if b.n == 0 {
			b.from, sum = from+int64(i)*step, 0
		}
		b.n += c.ns[i]
		sum += v * float64(c.ns[i])
		if b.to = from + int64(i+1)*step; b.n >= least {
			b.mean = sum / float64(b.n)
			all, b = append(all, b), batch{}
		}
	}
	return all
}

// selfStarting standardises steps one after the other, each by the mean of all
// before it, the baseline among them (Hawkins 1987, "Self-Starting CUSUM Charts for
// Location and Scale", The Statistician 36). A mean that was estimated once and then
// taken for the true one would be off by the same amount at each step, which a
// cumulative sum takes for a drift. While nothing changes, what comes out has mean 0
// and deviation 1 and does not hang together, however small the baseline is.
type selfStarting struct {
	mean, deviation float64
	n               float64
	spread          distuv.StudentsT
}

// since takes a baseline of n things with a mean and a standard deviation.
func since(mean, deviation float64, n int64) selfStarting {
	free := math.Max(1, float64(n)-1)
	return selfStarting{mean, deviation * math.Sqrt(float64(n)/free), float64(n), distuv.StudentsT{Mu: 0, Sigma: 1, Nu: free}}
}

// farOut bounds a standardised step: further out the tails of the distributions
// are too thin to be told from 0.
const farOut = 8

// knownWell is of how many answers a deviation counts as known: Student's
// distribution is the normal one then, to within 0.02 at 5 deviations.
const knownWell = 2000

// add gives a step's place, in standard deviations, and takes it in.
func (s *selfStarting) add(b batch) (z float64) {
	n := float64(b.n)
	t := (b.mean - s.mean) / (s.deviation * math.Sqrt(1/n+1/s.n))
	s.mean += (b.mean - s.mean) * n / (s.n + n)
	s.n += n
	if s.spread.Nu > knownWell {
		return math.Max(-farOut, math.Min(farOut, t))
	}
	// The deviation is an estimate, too: t is of Student's distribution.
	z = distuv.UnitNormal.Quantile(s.spread.CDF(-math.Abs(t)))
	return math.Copysign(math.Min(-z, farOut), t)
}

// cusum is a one-sided cumulative sum of what lies beyond the slack k, in
// standard deviations; sign -1 looks for falls.
type cusum struct {
	sum float64
	// since is the first batch after the sum was 0 last: Page's estimate of when
	// the change began.
	since int
	n     int
}

func (c *cusum) add(z, k, sign float64) {
	next := max(0, c.sum+sign*z-k)
	if c.sum == 0 {
		c.since = c.n
	}
	c.sum = next
	c.n++
}
