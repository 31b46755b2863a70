package promql

import (
	"strconv"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Events of cases are a series each: a block of many takes time in proportion.
func TestABlockOfManySeries(t *testing.T) {
	const n = 100_000
	var b event.Builder
	for i := range n {
		e := event.Event{Metric: "case.resolved", Value: 1, Time: int64(i), Tags: []event.Tag{{Key: "caseId", Value: strconv.Itoa(i)}}}
		if i%2 == 1 {
			e.Tags = append(e.Tags, event.Tag{Key: "office", Value: ""})
		}
		b.Append(e)
	}
	block := b.Block()
	tr := newTrack("case.resolved", nil, 0)
	begin := time.Now()
	tr.add(block, 1, nil)
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("%d series took %v", n, took)
	}
	tr.add(block, n+1, nil)
	if len(tr.order) != n || tr.count != 2*n {
		t.Errorf("%d series of %d events, expected %d of %d", len(tr.order), tr.count, n, 2*n)
	}
}
