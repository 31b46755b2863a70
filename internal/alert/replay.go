package alert

import "github.com/hms-ops/hms-monitor/internal/event"

// Replay judges events of the past, which are in the order of their time: each
// as if the log had taken it in at its own time. Seqs are their numbers, from
// which positions follow.
func (e *Engine) Replay(seqs []uint64, b *event.Block) (found []Transition) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.lookUp(b) {
		return nil
	}
	reach := func(row int) { e.reach(seqs[row]) }
	for row, code := range b.Metric.Codes {
		e.heed(b.Times[row])
		found = e.elapse(found, e.clock)
		reach(row)
		for _, w := range e.byCode[code] {
			found = e.judgeRow(found, b, row, w, reach)
		}
	}
	return found
}
