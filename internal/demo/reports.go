package demo

import "time"

// calmBefore is how long before the start nothing goes wrong.
const calmBefore = 6 * time.Hour

// reportRate posts how many cases an hour were resolved lately: the metric the
// default thresholds watch.
func (o *Office) reportRate() {
	o.after(rateEvery, o.reportRate)
	for len(o.resolved) > 0 && o.resolved[0] <= o.now-rateWindow {
		o.resolved = o.resolved[1:]
	}
	o.emit("case.resolved.rate", float64(len(o.resolved))*float64(time.Hour/rateWindow))
}

func (o *Office) reportBacklog() {
	o.after(backlogEvery, o.reportBacklog)
	for _, office := range officeNames() {
		o.emit("backlog.reported", float64(o.open[office]), "queue", office, "office", office)
	}
}

func (o *Office) beginIncident() {
	lasts := o.between(60*time.Minute, 80*time.Minute)
	o.incident, o.since = true, o.now
	o.note("incident: the case system fails, nothing can be saved, callers wait")
	past := o.now < 0
	o.after(lasts, func() {
		o.incident = false
		o.note("recovered: the backlog is being worked off")
		if !past {
			o.after(o.between(3*time.Hour, 5*time.Hour), o.beginIncident)
		}
		o.assign()
		o.answerCalls()
	})
}

// saves tells whether an agent gets through to the case system. It does not
// fail at once, so that a warning comes before the critical alert.
func (o *Office) saves() bool {
	return !o.incident || (o.now-o.since < 20*time.Minute && o.chance(0.02))
}

// survey asks some of those whose case was resolved, and some answer.
func (o *Office) survey(w *work, a *agent) {
	if !o.chance(0.6) {
		return
	}
	instrument := o.pick([]choice{{"stars5", 4}, {"csat5", 3}, {"nps", 3}})
	id := o.name("v")
	o.emit("survey.sent", 0, "caseId", w.id, "office", w.office, "surveyId", id, "instrument", instrument, "agentId", a.id)
	if !o.chance(0.35) {
		return
	}
	late := o.now > w.due
	o.after(o.lognormal(40*time.Minute, 2), func() {
		o.emit("survey.answered", o.score(instrument, late), "caseId", w.id, "office", w.office, "surveyId", id, "instrument", instrument, "agentId", a.id)
	})
}

// score is the citizen's verdict; whoever waited too long is harsher.
func (o *Office) score(instrument string, late bool) float64 {
	lowest, highest := 1, 5
	if instrument == "nps" {
		lowest, highest = 0, 10
	}
	mood := 0.82
	if late {
		mood = 0.4
	}
	score := lowest
	for range highest - lowest {
		if o.chance(mood) {
			score++
		}
	}
	return float64(score)
}
