package alert

import (
	"log/slog"
	"math"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Engine judges the events of the log in log order, whatever their event
// times: each event of a watched metric, once, when it comes.
//
// Apply, Tick, Snapshot and Restore belong to one goroutine, the pipeline's; the
// rest may be called from any.
type Engine struct {
	log *slog.Logger

	mu       sync.Mutex // held for each call; see States
	watches  []*watch   // ordered as the rules were given
	byMetric map[string][]*watch
	waiting  queue
	book     book
	// last is the position reached: that of the last transition or event.
	last Position
	// clock is the latest time heard of. The log's clock never goes back.
	clock int64

	// witness has what the values being judged rest on, nil for events.
	witness *event.Column

	key    []byte     // scratch
	byCode [][]*watch // scratch
}

// New makes an engine whose series are all ok.
func New(rules []Rule, log *slog.Logger) *Engine {
	e := &Engine{log: log}
	e.setRules(rules)
	e.expect()
	return e
}

// Apply judges the events of b, numbered from firstSeq on, which the log took
// in at received. Conditions whose time was up by then come first, at the
// position before the block. A block without a watched metric costs a look at
// its metric names.
func (e *Engine) Apply(firstSeq uint64, b *event.Block, received int64) []Transition {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reach(firstSeq - 1)
	e.heed(received)
	found := e.elapse(nil, e.clock)
	found = e.judge(found, b, func(row int) { e.reach(firstSeq + uint64(row)) })
	e.reach(firstSeq + uint64(b.Len()) - 1)
	return found
}

// judge takes the rows of watched metrics in; reach tells the position of a row.
func (e *Engine) judge(found []Transition, b *event.Block, reach func(row int)) []Transition {
	if !e.lookUp(b) {
		return found
	}
	for row, code := range b.Metric.Codes {
		for _, w := range e.byCode[code] {
			found = e.judgeRow(found, b, row, w, reach)
		}
	}
	return found
}

// judgeRow takes one value in.
func (e *Engine) judgeRow(found []Transition, b *event.Block, row int, w *watch, reach func(row int)) []Transition {
	received := e.clock
	if w.MaxAge > 0 && b.Times[row] < received-w.MaxAge {
		return found
	}
	e.key = w.appendKey(e.key[:0], row)
	s := e.find(w)
	if s == nil {
		return found
	}
	previous := s.state
	s.seen = ""
	if e.witness != nil {
		s.seen = e.witness.Text(row)
	}
	if s.judge(b.Values[row], b.Times[row], received) {
		reach(row)
		found = append(found, e.transition(s, previous, received))
	}
	s.rest()
	e.waiting.update(s)
	return found
}

// Watched reports whether a rule looks at values of this name.
func (e *Engine) Watched(name string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.byMetric[name]) > 0
}

// Tick lets time pass without an event: conditions whose time is up by now, by
// the log's clock, count. Each transition is dated to its deadline, not to now,
// so it does not matter how often Tick is called.
func (e *Engine) Tick(now int64) []Transition {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.elapse(nil, now)
}

// NextDeadline is when Tick has something to do unless an event changes that.
func (e *Engine) NextDeadline() (at int64, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.waiting) == 0 {
		return 0, false
	}
	return e.waiting[0].deadline()
}

// Refused counts the values not judged because their rule had as many series
// in warning, critical or waiting as it may.
func (e *Engine) Refused() (n uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, w := range e.watches {
		n += w.refused
	}
	return n
}

// heed takes the log's clock forward. With its first reading begins the waiting
// for series that are expected.
func (e *Engine) heed(received int64) {
	first := e.clock == 0
	if e.clock = max(e.clock, received); first && received > 0 {
		e.expect()
	}
}

func (e *Engine) reach(seq uint64) {
	if e.last.Seq != seq {
		e.last = Position{Seq: seq}
	}
}

// elapse lets conditions count whose deadline is not after now. The clock stays
// the log's: by it alone events are dated, so that a replay dates them alike.
func (e *Engine) elapse(found []Transition, now int64) []Transition {
	for len(e.waiting) > 0 {
		s := e.waiting[0]
		deadline, _ := s.deadline()
		if deadline > now {
			break
		}
		previous := s.state
		if s.elapse(deadline) {
			found = append(found, e.transition(s, previous, deadline))
		}
		s.rest()
		e.waiting.update(s)
	}
	return found
}

// lookUp finds the rules that watch metrics of b, by metric code, and the
// columns they need; false where there are none.
func (e *Engine) lookUp(b *event.Block) bool {
	watched := false
	e.byCode = append(e.byCode[:0], nil)
	for _, name := range b.Metric.Words[1:] {
		watches := e.byMetric[name]
		e.byCode = append(e.byCode, watches)
		for _, w := range watches {
			watched = true
			for i, key := range w.By {
				w.columns[i] = b.Tag(key)
			}
		}
	}
	return watched
}

func (e *Engine) find(w *watch) *series {
	s := w.find(e.key)
	if s == nil && w.refused == 1 {
		tags, _ := w.tags(string(e.key))
		e.log.Warn("a threshold has no room for a further series; its values are not judged until another recovers",
			"rule", w.Name, "max_series", w.MaxSeries, "tags", tags)
	}
	return s
}

func (e *Engine) nextPosition() Position {
	if e.last.N == math.MaxUint32 {
		panic("alert: more transitions at one event than can be numbered")
	}
	e.last.N++
	return e.last
}

// transition notes the change of s at the next position.
func (e *Engine) transition(s *series, previous severity, at int64) Transition {
	w := s.watch
	tags, _ := w.tags(s.key)
	condition, evidence := w.condition(s.state), withSeen(w.evidence, s.seen)
	if s.silent {
		condition, evidence = w.silence(), w.evidence
	}
	return Transition{
		Position: e.nextPosition(), Kind: KindThreshold, Rule: w.Name, Metric: w.Metric, Tags: tags,
		State: s.state.state(), Previous: previous.state(),
		Value: s.value, Timestamp: s.time, At: at, Since: s.since,
		Condition: condition, Evidence: evidence,
	}
}
