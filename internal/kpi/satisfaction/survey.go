package satisfaction

import (
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// What may happen to a survey, in the order in which it does within an instant.
// 0 is left to events that mean nothing.
const (
	sent uint8 = iota + 1
	answered
	invalid
)

// survey is what has to be remembered of one survey. Its facts say what was so
// at any instant: an answer counts from its time on, and from the time of the
// next answer on it is superseded as well, which takes it out again.
type survey struct {
	isSent, isAnswered bool
	sentAt, firstAt    int64
	sentLabel          uint32
	// tags are those of the survey as sent so far.
	tags uint32
	// The last answer.
	score int64
	at    int64
	label uint32
}

// rules implement fold.Rules.
type rules struct {
	k      kinds
	labels *facts.Labels
}

func (*rules) Rank(kind uint8) int     { return int(kind) }
func (r *rules) Labels() *facts.Labels { return r.labels }
func (*rules) People() *facts.Dict     { return nil }

func (r *rules) Step(m *survey, e fold.Event, found []facts.Fact) []facts.Fact {
	switch {
	case e.Kind == sent:
		return r.send(m, e, found)
	case e.Kind == answered && r.k.has(e.A):
		return r.answer(m, e, found)
	case e.Kind == invalid:
		return append(found, facts.Fact{Kind: r.k.invalid(), Group: r.labels.Fill(e.Label, m.tags), T: e.T})
	}
	return found
}

// send: a survey sent again is a reminder, and counts once. Only answers from
// now on take its tags: what was so before must not change with time.
func (r *rules) send(m *survey, e fold.Event, found []facts.Fact) []facts.Fact {
	m.tags = r.labels.Fill(m.tags, e.Label)
	if m.isSent {
		return found
	}
	m.isSent, m.sentAt, m.sentLabel = true, e.T, e.Label
	found = append(found, facts.Fact{Kind: r.k.sent(), Group: e.Label, T: e.T})
	return r.respond(m, found)
}

func (r *rules) answer(m *survey, e fold.Event, found []facts.Fact) []facts.Fact {
	label := r.labels.Fill(e.Label, m.tags)
	found = append(found, facts.Fact{Kind: r.k.score(e.A), Group: label, T: e.T})
	if m.isAnswered {
		found = append(found, facts.Fact{Kind: r.k.superseded(m.score), Group: m.label, T: e.T, X: float64(m.at)})
	}
	m.score, m.at, m.label = e.A, e.T, label
	if m.isAnswered {
		return found
	}
	m.isAnswered, m.firstAt = true, e.T
	return r.respond(m, found)
}

func (r *rules) respond(m *survey, found []facts.Fact) []facts.Fact {
	if !m.isSent || !m.isAnswered {
		return found
	}
	return append(found, facts.Fact{Kind: r.k.responded(), Group: m.sentLabel, T: m.sentAt, X: float64(m.firstAt)})
}

// Pending: every fact of a survey stands, whatever follows.
func (*rules) Pending(_ *survey, found []facts.Fact) []facts.Fact { return found }

// Resting: the events say it all.
func (*rules) Resting(*survey) bool { return true }
