package detect

import "testing"

// Whatever a section says, it is refused or makes detectors; nothing panics.
func FuzzSection(f *testing.F) {
	f.Add(everyKey)
	f.Add("detectors: [{name: x, type: anomaly, kpi: resolved, window: 0, every: -1s}]")
	f.Add("detectors: [{name: x, type: forecast, kpi: backlog, limit: [], step: 1e99h}]")
	f.Add("detectors: [{name: x, type: satisfaction_drift, kpi: stars, step: 0, span: 0}, null, {}]")
	f.Add("detectors: [{name: x, type: conflict_spike, kpi: conflicts, window: -9223372036854775808ns}]")
	b := newBench(f, nil, kpisForConfig)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := b.read(text)
		if err != nil {
			return
		}
		for i, g := range New(c, b.Engine, nil) {
			if g.Name() == "" || g.Interval() <= 0 || len(g.Rules()) != 1 {
				t.Errorf("%d: %+v", i, g.Rules())
			}
		}
	})
}
