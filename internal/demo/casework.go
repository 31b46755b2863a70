package demo

import (
	"strconv"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

type agent struct {
	id     string
	office string
	rank   int // shifts are filled from the lowest
	busy   bool
}

// work is one case.
type work struct {
	id       string
	office   string
	channel  string
	priority string
	opened   time.Duration
	due      time.Duration
	agent    *agent
	version  int
	edits    int // still to be made before it is resolved
	answered bool
	referred bool
	reopened bool
	rank     int
}

func (o *Office) openCase(channel, office string) {
	o.cases++
	w := &work{
		id: "C-" + strconv.FormatInt(o.config.Start.Unix()%1_000_000, 36) + "-" + strconv.Itoa(o.cases), office: office, channel: channel,
		priority: o.pick(priorities()), opened: o.now, version: 1, edits: 1 + o.random.IntN(3),
	}
	w.due = o.now + target(w.priority)
	o.open[office]++
	due := event.Time(o.config.eventTime(w.due)).Format(time.RFC3339)
	o.emit("case.opened", 1, "caseId", w.id, "channel", channel, "priority", w.priority,
		"queue", office, "office", office, "reason", o.pick(reasons()), "dueAt", due)
	if o.chance(0.015) {
		o.after(o.between(time.Minute, 10*time.Minute), func() { o.cancel(w) })
		return // never gets to an agent
	}
	o.enqueue(w)
}

func (o *Office) cancel(w *work) {
	o.open[w.office]--
	o.emit("case.cancelled", 1, "caseId", w.id, "office", w.office, "reason", "withdrawn")
}

// enqueue puts a case in line: urgent ones before the others, else by age.
func (o *Office) enqueue(w *work) {
	switch w.priority {
	case "urgent":
		w.rank = 0
	case "high":
		w.rank = 1
	default:
		w.rank = 2
	}
	at := len(o.waiting)
	for at > 0 && o.waiting[at-1].rank > w.rank {
		at--
	}
	o.waiting = append(o.waiting, nil)
	copy(o.waiting[at+1:], o.waiting[at:])
	o.waiting[at] = w
	o.assign()
}

// freeAgent finds someone on shift with nothing to do, of the office itself if
// possible; spare of them must remain for the phones.
func (o *Office) freeAgent(office string, spare int) *agent {
	staff := o.agents[:onShift(officeClock(o.now).Hour())]
	var found *agent
	free := 0
	for _, a := range staff {
		if a.busy {
			continue
		}
		free++
		if found == nil || (found.office != office && a.office == office) {
			found = a
		}
	}
	if free <= spare {
		return nil
	}
	return found
}

// assign hands waiting cases to free agents; nothing moves during an incident.
func (o *Office) assign() {
	for len(o.waiting) > 0 && !o.incident {
		w := o.waiting[0]
		a := o.freeAgent(w.office, 2)
		if a == nil {
			return
		}
		o.waiting = o.waiting[1:]
		from := ""
		if w.agent != nil && w.agent != a {
			from = w.agent.id
		}
		if w.agent != a {
			o.emit("case.assigned", 1, "caseId", w.id, "office", w.office, "agentId", a.id, "fromAgentId", from)
		}
		w.agent = a
		a.busy = true
		o.sitDown(w, a)
	}
}

// sitDown is an agent beginning to work on a case.
func (o *Office) sitDown(w *work, a *agent) {
	session := o.name("s")
	o.emit("presence.started", 1, "caseId", w.id, "office", w.office, "agentId", a.id, "sessionId", session)
	leaves := o.now + o.lognormal(7*time.Minute, 1.7)
	o.beat(w, a, session, leaves)
	if !w.answered && o.chance(0.8) {
		w.answered = true
		o.after(o.between(30*time.Second, 2*time.Minute), func() {
			o.emit("case.responded", 1, "caseId", w.id, "office", w.office, "agentId", a.id, "actorKind", "human", "public", "true")
		})
	}
	if o.chance(0.03) {
		from := w.priority
		w.priority = "high"
		if from != w.priority {
			o.emit("case.priority_changed", 1, "caseId", w.id, "office", w.office, "from", from, "to", w.priority)
		}
	}
	o.edit(w, a, leaves-o.now, func() { o.standUp(w, a, session) })
}

func (o *Office) beat(w *work, a *agent, session string, until time.Duration) {
	if o.now+beatEvery >= until {
		return
	}
	o.after(beatEvery, func() {
		o.emit("presence.beat", 1, "caseId", w.id, "office", w.office, "agentId", a.id, "sessionId", session)
		o.beat(w, a, session, until)
	})
}

// standUp is the end of an agent's work on a case for now.
func (o *Office) standUp(w *work, a *agent, session string) {
	if !o.saves() {
		// The system takes no save: the agent sits and tries again.
		o.after(o.between(time.Minute, 4*time.Minute), func() { o.standUp(w, a, session) })
		return
	}
	o.emit("presence.ended", 1, "caseId", w.id, "office", w.office, "agentId", a.id, "sessionId", session)
	a.busy = false
	w.edits--
	switch {
	case !w.referred && o.chance(0.1):
		// Another department takes its time, and the clock goes on.
		w.referred = true
		o.after(o.between(12*time.Hour, 72*time.Hour), func() { o.enqueue(w) })
	case w.edits <= 0 || o.chance(0.35):
		o.resolve(w, a)
	case o.chance(0.25):
		o.pauseCase(w)
	default:
		o.after(o.between(2*time.Minute, 20*time.Minute), func() { o.enqueue(w) })
	}
	o.assign()
}

func (o *Office) pauseCase(w *work) {
	o.emit("case.paused", 1, "caseId", w.id, "office", w.office, "reason", "waiting for the citizen")
	o.after(o.between(20*time.Minute, 3*time.Hour), func() {
		o.emit("case.resumed", 1, "caseId", w.id, "office", w.office, "reason", "answer received")
		o.enqueue(w)
	})
}

func (o *Office) resolve(w *work, a *agent) {
	o.open[w.office]--
	o.resolved = append(o.resolved, o.now)
	o.emit("case.resolved", 1, "caseId", w.id, "office", w.office, "agentId", a.id, "channel", w.channel, "priority", w.priority, "outcome", "closed")
	o.survey(w, a)
	if !w.reopened && o.chance(0.03) {
		o.after(o.between(30*time.Minute, 4*time.Hour), func() {
			w.reopened, w.edits = true, 1
			o.open[w.office]++
			o.emit("case.reopened", 1, "caseId", w.id, "office", w.office, "reason", "not settled")
			o.enqueue(w)
		})
	}
}
