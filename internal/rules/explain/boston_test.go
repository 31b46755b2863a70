package explain

import (
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/test/datasets"
)

// On the day that the hurricane Irene reached Boston, 2011-08-28, people called
// about fallen trees: nine tenths of the change.
func TestBostonSurgeIsFallenTrees(t *testing.T) {
	zone := datasets.NewYork(t)
	var events []event.Event
	for _, r := range datasets.Boston(t) {
		events = append(events, point("case.opened", 1, r.Opened, "office", r.Department, "type", r.Type, "channel", r.Source))
	}
	e := over(t, events, `{name: opened, type: throughput, event: case.opened, per: 1d, by: [office, type, channel]}`)
	midnight := func(d int) int64 { return time.Date(2011, 8, d, 0, 0, 0, 0, zone).UnixMilli() }
	got, err := Explain(t.Context(), e, Request{KPI: "opened", From: midnight(28), To: midnight(29), BaseFrom: midnight(21), BaseTo: midnight(22), Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range got.Tags {
		t.Logf("%s: concentration %.2f, surprise %.2f", tag.Tag, *tag.Concentration, tag.Surprise)
		for _, p := range tag.Parts {
			t.Logf("  %s: %d after %d, %.0f %% of the change", p.Value, p.Now.N, p.Base.N, 100**p.Share)
		}
	}
	top := got.Tags[0]
	if top.Tag != "type" || got.Now.N != 913 || top.Parts[0].Value != "Tree Emergencies" || *top.Parts[0].Share < 0.9 {
		t.Error(text(got))
	}
}
