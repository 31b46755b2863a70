package engine

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
)

// pressed is what a server under the greatest load gets: requests of rows events
// that lie up to two seconds apart at random, 400,000 events a second.
func pressed(rows, blocks int) (all []*event.Block) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	metrics := []string{"case.opened", "case.assigned", "case.edited", "case.resolved"}
	n := 0
	for range blocks {
		var b event.Builder
		for range rows {
			b.Append(event.Event{Metric: metrics[n%4], Value: 1, Time: 1_700_000_000_000 + int64(n/400) - random.Int64N(2000), Tags: []event.Tag{
				{Key: "agentId", Value: fmt.Sprintf("agent-%04d", random.IntN(2000))}, {Key: "caseId", Value: fmt.Sprintf("C-%09d", n/4)},
				{Key: "channel", Value: fmt.Sprint(random.IntN(4))}, {Key: "office", Value: fmt.Sprintf("field-office-%02d", random.IntN(50))},
				{Key: "priority", Value: fmt.Sprint(random.IntN(3))}}})
			n++
		}
		all = append(all, b.Block())
	}
	return all
}

// month is the work of an office in the order of time.
func month(rows, cases int) (all []*event.Block) {
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same each time
	var events []event.Event
	for i := range cases {
		t := 1_700_000_000_000 + int64(float64(i)*30*24*hour/float64(cases))
		agent := fmt.Sprintf("agent-%d", random.IntN(200))
		place := []event.Tag{{Key: "caseId", Value: fmt.Sprintf("C-%08d", i)}, {Key: "office", Value: fmt.Sprint("office ", random.IntN(8))}, {Key: "queue", Value: fmt.Sprint("desk ", random.IntN(4))}}
		for k, metric := range []string{"case.opened", "case.assigned", "case.responded", "case.edited", "case.resolved"} {
			if k > 0 {
				t += random.Int64N(hour << k)
			}
			if k == 4 && random.IntN(20) == 0 {
				break // still open
			}
			events = append(events, event.Event{Metric: metric, Value: 1, Time: t, Tags: append([]event.Tag{{Key: "agentId", Value: agent}}, place...)})
		}
	}
	slices.SortStableFunc(events, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	for part := range slices.Chunk(events, rows) {
		all = append(all, event.Of(part...))
	}
	return all
}

func BenchmarkApply(b *testing.B) {
	defaults, err := define.Defaults()
	if err != nil {
		b.Fatal(err)
	}
	for _, load := range []struct {
		name   string
		blocks []*event.Block
	}{
		{"pressed", pressed(1000, 1000)},
		{"month/rows=1000", month(1000, 100_000)},
		{"month/rows=30", month(30, 100_000)},
	} {
		b.Run(load.name, func(b *testing.B) {
			events := 0
			for b.Loop() {
				e := newEngine(&past{})
				e.Configure(kpi.Env{}, nil, defaults, 0)
				e.Filled()
				seq := uint64(1)
				for _, block := range load.blocks {
					e.Apply(seq, block, block.Times[0])
					seq += uint64(block.Len())
				}
				events += int(seq - 1) //nolint:gosec // a count
				_ = e.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
		})
	}
}

func BenchmarkRestore(b *testing.B) {
	defaults, err := define.Defaults()
	if err != nil {
		b.Fatal(err)
	}
	e, seq := newEngine(&past{}), uint64(1)
	e.Configure(kpi.Env{}, nil, defaults, 0)
	e.Filled()
	for _, block := range month(1000, 300_000) {
		e.Apply(seq, block, block.Times[0])
		seq += uint64(block.Len())
	}
	state, err := e.Checkpoint(true, false)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		again := newEngine(&past{})
		if err := again.Restore(func(name string) ([]byte, error) { return state[name], nil }, func(source []byte) (*kpi.Definition, error) {
			return definition(b, string(source)), nil
		}); err != nil {
			b.Fatal(err)
		}
		if a, err := again.Value(Question{KPI: "case.sla", At: 1_700_000_000_000}); err != nil || !a.Ready {
			b.Fatal(a, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(seq-1), "ns/event")
}
