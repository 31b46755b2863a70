package conflict

// round remembers a number for some cases until the next round begins.
type round struct {
	now   uint32
	marks []mark // by case
}

type mark struct {
	round uint32
	value uint32
}

// begin forgets all; top is above the codes of all cases.
func (r *round) begin(top int) {
	if more := top - len(r.marks); more > 0 {
		r.marks = append(r.marks, make([]mark, more)...)
	}
	if r.now++; r.now == 0 {
		clear(r.marks)
		r.now = 1
	}
}

// mark is that of a case as facts carry it; nil where there is no such case.
func (r *round) mark(key float64) *mark {
	if key >= 0 && key < float64(len(r.marks)) {
		return &r.marks[int(key)]
	}
	return nil
}

func (r *round) set(key float64, value int) {
	if m := r.mark(key); m != nil {
		*m = mark{r.now, uint32(value)} //nolint:gosec // a count of facts
	}
}

func (r *round) get(key float64) (int, bool) {
	if m := r.mark(key); m != nil && m.round == r.now {
		return int(m.value), true
	}
	return 0, false
}

// first reports whether a case comes for the first time in this round.
func (r *round) first(key float64) bool {
	m := r.mark(key)
	if m == nil || m.round == r.now {
		return false
	}
	m.round = r.now
	return true
}
