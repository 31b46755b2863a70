package sla

import "github.com/hms-ops/hms-monitor/internal/kpi"

// What an event means to a clock. The numbers order the events of one instant:
// a pause begins and ends before its case does, and a case ends before it is
// opened again.
const (
	started uint8 = iota + 1
	changed
	paused
	resumed
	stopped
	cancelled
	reopened
)

// role is an event name and what it means; key is where the definition says so.
type role struct {
	key    string
	metric string
	means  uint8
}

// roles are the events that a goal's clock goes by.
func (s *Spec) roles(g *Goal) []role {
	all := []role{{"start", g.Start, started}, {"stop", g.Stop, stopped}}
	for _, r := range []role{
		{"pause", s.Pause, paused}, {"resume", s.Resume, resumed},
		{"cancel", s.Cancel, cancelled}, {"reopen", s.Reopen, reopened},
	} {
		if r.metric != "" {
			all = append(all, r)
		}
	}
	if s.Change != "" && g.Target.Tag != "" {
		all = append(all, role{"change", s.Change, changed})
	}
	return all
}

func (s *Spec) kinds(g *Goal) kpi.Kinds {
	kinds := kpi.Kinds{}
	for _, r := range s.roles(g) {
		kinds[r.metric] = r.means
	}
	return kinds
}
