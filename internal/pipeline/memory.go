package pipeline

import "github.com/zeebo/xxh3"

// memory is a set that forgets: an identity is remembered while it is younger
// than the window, by the log's clock in whole seconds, and among the last
// `most`, whichever ends first.
type memory struct {
	window int64 // seconds
	most   int
	known  map[xxh3.Uint128]struct{}
	// spans hold the identities in order of arrival, one span per second.
	spans []span
}

type span struct {
	second int64
	ids    []xxh3.Uint128
	gone   int // ids[:gone] are forgotten already
}

func newMemory(window int64, most int) memory {
	return memory{window: window, most: most, known: make(map[xxh3.Uint128]struct{})}
}

// add remembers an identity received at a second, which never goes back, and
// reports whether it is new.
func (m *memory) add(id xxh3.Uint128, second int64) bool {
	for len(m.spans) > 0 && m.spans[0].second < second-m.window {
		m.forgetOldest()
	}
	if _, ok := m.known[id]; ok {
		return false
	}
	m.known[id] = struct{}{}
	if n := len(m.spans); n == 0 || m.spans[n-1].second != second {
		m.spans = append(m.spans, span{second: second})
	}
	last := &m.spans[len(m.spans)-1]
	last.ids = append(last.ids, id)
	if len(m.known) > m.most {
		m.forgetOldest()
	}
	return true
}

func (m *memory) forgetOldest() {
	s := &m.spans[0]
	delete(m.known, s.ids[s.gone])
	if s.gone++; s.gone == len(s.ids) {
		m.spans = m.spans[1:]
	}
}

// reach is the second of the oldest identity remembered, 0 when there is none.
func (m *memory) reach() int64 {
	if len(m.spans) == 0 {
		return 0
	}
	return m.spans[0].second
}
