package sla

import "github.com/hms-ops/hms-monitor/internal/kpi/fold"

// join takes in the tags of an event of the cycle: those that it has not had yet
// from an event of its own.
func (w *writer) join(e fold.Event) {
	own := w.labels.Fill(w.own, e.Label)
	if own == w.own {
		return
	}
	w.own = own
	if label := w.labels.Fill(own, w.before); label != w.label {
		w.move(e.T, label)
	}
}

// move changes the group of a cycle at t. What it counted for before stays where
// it was; from t on it counts in the other group. Only whether the deadline was
// met or missed is said at the end, and of the group it has then, so what that
// does to the states is set right here.
func (w *writer) move(t int64, label uint32) {
	if !w.bound {
		w.label = label
		return
	}
	breached := w.phase == running && w.breached(t)
	atRisk := w.phase == running && w.stretch(t)
	switch {
	case w.phase == standing:
		w.add(pauseEnded, t)
	case breached:
		w.add(calmed, w.deadline)
		w.add(overdueIn, w.deadline)
		w.add(overdueOut, t)
	case atRisk:
		w.add(calmed, t)
	}
	w.add(left, t)
	w.label = label
	w.add(entered, t)
	switch {
	case w.phase == standing:
		w.add(pauseBegan, t)
	case breached:
		w.add(risk, w.deadline)
		w.add(overdueOut, w.deadline)
		w.add(overdueIn, t)
	case atRisk:
		w.add(risk, t)
	}
}
