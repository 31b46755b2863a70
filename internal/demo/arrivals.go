package demo

import (
	"strconv"
	"time"
)

// call is a caller in the queue.
type call struct {
	id     string
	office string
	since  time.Duration
	over   bool
}

// webCase is a case opened online, and the appointment for the next one.
func (o *Office) webCase() {
	o.after(o.exponential(webCasesPerHour*o.load()), o.webCase)
	o.openCase("web", o.office())
}

func (o *Office) load() float64 { return hourlyLoad(officeClock(o.now).Hour()) }

func (o *Office) office() string {
	names := officeNames()
	// The first offices have more to do than the last.
	return names[min(o.random.IntN(len(names)), o.random.IntN(len(names)+2))]
}

func (o *Office) phoneCall() {
	o.after(o.exponential(callsPerHour*o.load()), o.phoneCall)
	o.calls++
	c := &call{id: "P-" + strconv.Itoa(o.calls), office: o.office(), since: o.now}
	o.emit("call.offered", 0, "callId", c.id, "queue", c.office, "office", c.office)
	o.lines = append(o.lines, c)
	o.after(o.lognormal(4*time.Minute, 1.8), func() { o.hangUp(c) })
	o.after(o.between(4*time.Second, 12*time.Second), o.answerCalls)
}

func (o *Office) hangUp(c *call) {
	if c.over {
		return
	}
	c.over = true
	o.emit("call.abandoned", (o.now - c.since).Seconds(), "callId", c.id, "queue", c.office, "office", c.office)
}

// answerCalls gives the callers who have waited longest to free agents. During
// an incident hardly anyone gets through.
func (o *Office) answerCalls() {
	for len(o.lines) > 0 {
		c := o.lines[0]
		if c.over {
			o.lines = o.lines[1:]
			continue
		}
		if o.incident && !o.chance(0.1) {
			o.after(30*time.Second, o.answerCalls)
			return
		}
		a := o.freeAgent(c.office, 0)
		if a == nil {
			o.after(20*time.Second, o.answerCalls)
			return
		}
		o.lines = o.lines[1:]
		c.over = true
		o.emit("call.answered", (o.now - c.since).Seconds(), "callId", c.id, "queue", c.office, "office", c.office, "agentId", a.id)
		a.busy = true
		o.after(o.lognormal(3*time.Minute, 1.6), func() {
			a.busy = false
			if o.chance(0.7) {
				o.openCase("phone", c.office)
			}
			o.assign()
		})
	}
}
