package conflict

import "slices"

// crowd bounds what is followed at once on one case.
const crowd = 64

// few is a small set in no order, mostly of one or two. It may be copied by
// assignment: what lies beyond two is replaced, never changed in place.
type few[T any] struct {
	n    int
	head [2]T
	rest []T
}

func (f *few[T]) at(i int) T {
	if i < len(f.head) {
		return f.head[i]
	}
	return f.rest[i-len(f.head)]
}

func (f *few[T]) set(i int, v T) {
	if i < len(f.head) {
		f.head[i] = v
		return
	}
	f.rest = slices.Clone(f.rest)
	f.rest[i-len(f.head)] = v
}

func (f *few[T]) add(v T) {
	if f.n < len(f.head) {
		f.head[f.n] = v
	} else {
		f.rest = append(slices.Clip(f.rest), v)
	}
	f.n++
}

// keep drops what does not pass.
func (f *few[T]) keep(pass func(T) bool) {
	same := 0
	for same < f.n && pass(f.at(same)) {
		same++
	}
	if same == f.n {
		return
	}
	kept := few[T]{}
	for i := range f.n {
		if v := f.at(i); pass(v) {
			kept.add(v)
		}
	}
	*f = kept
}

// find is the place of the first that passes, or -1.
func (f *few[T]) find(pass func(T) bool) int {
	for i := range f.n {
		if pass(f.at(i)) {
			return i
		}
	}
	return -1
}

// least is the place of one that is not above any other.
func (f *few[T]) least(of func(T) int64) (at int) {
	for i := range f.n {
		if of(f.at(i)) < of(f.at(at)) {
			at = i
		}
	}
	return at
}
