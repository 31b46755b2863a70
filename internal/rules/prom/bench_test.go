package prom

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// fill gives 10 events of the last five minutes to each of n series of a metric.
func fill(s *server, metric string, n int) {
	for i := range 10 {
		var b event.Builder
		for k := range n {
			b.Append(ev(metric, float64(k), float64(700+30*i), fmt.Sprint("queue=", k), "office=north"))
		}
		s.events.Apply(s.next, b.Block())
		s.next += uint64(n)
	}
}

func evaluations(b *testing.B, s *server, firing int) {
	at := 1000.0
	if got := len(s.found(at)); got != firing {
		b.Fatalf("%d alerts fire, not %d", got, firing)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		at += 0.01
		s.found(at)
	}
}

// BenchmarkOneRule10000Series evaluates one rule over 10,000 series; none of its
// alerts, or all of them, fire.
func BenchmarkOneRule10000Series(b *testing.B) {
	for _, over := range []int{20, 0} {
		b.Run(fmt.Sprintf("more-than-%d", over), func(b *testing.B) {
			s := newServer(b)
			s.load(fmt.Sprintf(`
groups:
  - name: g
    rules:
      - alert: Many
        expr: 'count_over_time({"queue.entered"}[5m]) > %d'
        annotations: {summary: 'queue {{ $labels.queue }}: {{ $value }}'}
`, over))
			fill(s, "queue.entered", 10_000)
			firing := 10_000
			if over > 0 {
				firing = 0
			}
			evaluations(b, s, firing)
		})
	}
}

// Benchmark1000Rules evaluates 1,000 rules over ten series each.
func Benchmark1000Rules(b *testing.B) {
	s := newServer(b)
	var text strings.Builder
	text.WriteString("groups:\n")
	for i := range 1000 {
		if i%100 == 0 {
			fmt.Fprintf(&text, "  - name: g%d\n    rules:\n", i/100)
		}
		fmt.Fprintf(&text, "      - {alert: A%d, expr: 'sum by (queue) (count_over_time({\"metric.%d\"}[5m])) > 20'}\n", i, i)
	}
	s.load(text.String())
	for i := range 1000 {
		fill(s, fmt.Sprint("metric.", i), 10)
	}
	evaluations(b, s, 0)
}

// BenchmarkRestart evaluates 10,000 alerts for the first time after a restart.
func BenchmarkRestart(b *testing.B) {
	s := newServer(b)
	const rules = `
groups:
  - name: g
    rules:
      - {alert: Many, expr: 'count_over_time({"queue.entered"}[5m]) > 0', for: 1m}
`
	s.load(rules)
	fill(s, "queue.entered", 10_000)
	s.found(1000)
	s.found(1061)
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		s.stop()
		s.start()
		s.load(rules)
		b.StartTimer()
		if got := len(s.found(1062)); got != 10_000 {
			b.Fatal(got, "alerts fire")
		}
	}
}
