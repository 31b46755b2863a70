package demo

import (
	"strconv"
	"time"
)

func (o *Office) fields() string {
	return o.pick([]choice{{"notes", 45}, {"status", 25}, {"address", 10}, {"amount", 10}, {"status,notes", 10}})
}

// edit is one round of writing in a case: it takes so long, and then done is
// called. Now and then a second agent writes at the same time.
func (o *Office) edit(w *work, a *agent, takes time.Duration, done func()) {
	editID, base := o.name("e"), w.version
	o.after(takes/4, func() {
		base = w.version
		o.emit("edit.started", 1, "caseId", w.id, "office", w.office, "agentId", a.id, "editId", editID, "baseVersion", strconv.Itoa(base))
	})
	if o.chance(0.05) {
		o.after(takes/2, func() { o.intrude(w, a, takes) })
	}
	o.after(takes, func() {
		o.save(w, a, editID, base)
		done()
	})
}

// save writes a new version. A save upon an older version than the current one
// is what another agent's work may get lost by; the system takes some of them.
func (o *Office) save(w *work, a *agent, editID string, base int) {
	stale := base < w.version
	if stale && o.chance(0.5) {
		o.emit("edit.rejected", 1, "caseId", w.id, "office", w.office, "agentId", a.id, "editId", editID, "baseVersion", strconv.Itoa(base))
		base, editID, stale = w.version, o.name("e"), false // read again, write again
	}
	w.version++
	o.emit("case.edited", 1, "caseId", w.id, "office", w.office, "agentId", a.id, "editId", editID,
		"version", strconv.Itoa(w.version), "baseVersion", strconv.Itoa(base), "fields", o.fields())
	if stale && o.chance(0.7) {
		o.after(o.between(2*time.Minute, 15*time.Minute), func() {
			o.emit("conflict.cleared", 1, "caseId", w.id, "office", w.office, "agentId", a.id)
		})
	}
}

// intrude is a second agent in the same case: looks only, gives up, or saves
// before the first one does.
func (o *Office) intrude(w *work, first *agent, takes time.Duration) {
	second := o.agents[o.random.IntN(onShift(officeClock(o.now).Hour()))]
	if second == first {
		return
	}
	session, editID, base := o.name("s"), o.name("e"), w.version
	o.emit("presence.started", 1, "caseId", w.id, "office", w.office, "agentId", second.id, "sessionId", session)
	ends := func() {
		o.emit("presence.ended", 1, "caseId", w.id, "office", w.office, "agentId", second.id, "sessionId", session)
	}
	stays := takes / 4
	if o.chance(0.2) {
		o.after(stays, ends)
		return
	}
	o.emit("edit.started", 1, "caseId", w.id, "office", w.office, "agentId", second.id, "editId", editID, "baseVersion", strconv.Itoa(base))
	discards := o.chance(0.4)
	o.after(stays, func() {
		if discards {
			o.emit("edit.discarded", 1, "caseId", w.id, "office", w.office, "agentId", second.id, "editId", editID)
		} else {
			o.save(w, second, editID, base)
		}
		ends()
	})
}
