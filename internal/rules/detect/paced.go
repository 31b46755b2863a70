package detect

import "github.com/hms-ops/hms-monitor/internal/rules"

var _ rules.Paced = (*group)(nil)

// Last implements rules.Paced.
func (g *group) Last(at int64) int64 { return g.detector.looks().last(at) }

// Next implements rules.Paced.
func (g *group) Next(at int64) int64 { return g.detector.looks().next(at) }

// Eager implements rules.Paced.
func (g *group) Eager() bool {
	if _, exact := g.detector.looks().(anytime); exact {
		return true
	}
	now, eager := g.detector.(immediate)
	return eager && now.hurries() && g.held.forMs == 0
}
