package alert

import (
	"cmp"
	"container/heap"
)

// queue orders the series that wait for a deadline: the nearest first, and of
// equal deadlines always the same first, because the order gives transitions
// their positions.
type queue []*series

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	a, _ := q[i].deadline()
	b, _ := q[j].deadline()
	return cmp.Or(
		cmp.Compare(a, b),
		cmp.Compare(q[i].watch.Name, q[j].watch.Name),
		cmp.Compare(q[i].key, q[j].key),
	) < 0
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// Push is for container/heap.
func (q *queue) Push(x any) {
	s := x.(*series)
	s.place = len(*q)
	*q = append(*q, s)
}

// Pop is for container/heap.
func (q *queue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	s.place = -1
	return s
}

// update puts s where its deadline belongs.
func (q *queue) update(s *series) {
	_, waits := s.deadline()
	switch {
	case waits && s.place < 0:
		heap.Push(q, s)
	case waits:
		heap.Fix(q, s.place)
	case s.place >= 0:
		heap.Remove(q, s.place)
	}
}
