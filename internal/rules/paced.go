package rules

// Paced is a Group that judges at instants of its own: asked in between it says
// what it said before.
type Paced interface {
	Group
	// Last is the latest of these instants that is not after at.
	Last(at int64) int64
	// Next is the first of them after at; math.MaxInt64 where every instant is one.
	Next(at int64) int64
	// Eager reports whether some alerts come in between all the same.
	Eager() bool
}
