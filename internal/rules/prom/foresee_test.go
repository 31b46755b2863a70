package prom

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/promql"
)

// What is known before is what is found when it is asked for: a group that is
// told the instants says the same at each as one that is not.
func TestForeseenIsTheSame(t *testing.T) {
	plain, told := newServer(t), newServer(t)
	told.o.Alone = true
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		var events []event.Event
		for range rapid.IntRange(0, 60).Draw(rt, "events") {
			events = append(events, ev(rapid.SampledFrom([]string{"case.opened", "case.resolved"}).Draw(rt, "metric"),
				float64(rapid.IntRange(-2, 5).Draw(rt, "value")), float64(rapid.IntRange(0, 4200).Draw(rt, "time")),
				"office="+rapid.SampledFrom([]string{"n", "s", ""}).Draw(rt, "office"), "caseId="+rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "case")))
		}
		var rules strings.Builder
		for i := range rapid.IntRange(1, 3).Draw(rt, "rules") {
			expr := rapid.SampledFrom([]string{
				`sum by (office) (count_over_time({"case.opened"}[5m])) > 1`,
				`count_over_time({"case.opened"}[20m]) > 0`,
				`count(count_over_time({"case.opened"}[10m] offset 3m)) > 2`,
				`sum by (office) (count_over_time({"case.opened"}[10m])) > sum by (office) (count_over_time({"case.resolved"}[10m]))`,
				`absent({"case.opened", office="n"})`,
				`{"case.opened"} > 3`,
				`max_over_time(sum(count_over_time({"case.opened"}[5m]))[10m:1m]) > 2`,
				`hour() == 1`,
				`{"case.opened"} @ 600 > 0`,
				`{"case.opened"} @ end() > 0`,
				`label_replace({"case.opened"}, "caseId", "", "", "") > 0`, // two alike at some instants: it fails there
				`ALERTS{alertname="A0"} > 0`,
				`{"recorded"} > 1`,
				`{"a.kpi"} > 1`,
			}).Draw(rt, "expr")
			hold := rapid.SampledFrom([]string{"", "for: 4m, ", "keep_firing_for: 5m, ", "for: 2m, keep_firing_for: 3m, "}).Draw(rt, "hold")
			fmt.Fprintf(&rules, "  - {alert: A%d, expr: '%s', %slabels: {by: '{{ $value }}'}}\n", i, expr, hold)
		}
		record := ""
		if rapid.Bool().Draw(rt, "record") {
			record = "  - {record: recorded, expr: 'sum(count_over_time({\"case.opened\"}[7m]))'}\n"
		}
		offset := rapid.SampledFrom([]string{"", "  query_offset: 30s\n", "  query_offset: 1m\n"}).Draw(rt, "offset")
		round++
		text := fmt.Sprintf("groups:\n- name: g%d\n%s  interval: 1m\n  rules:\n%s%s", round, offset, record, rules.String())
		for _, s := range []*server{plain, told} {
			s.stop()
			s.data = s.TempDir()
			s.events, s.next, s.kpis.ready, s.kpis.value = promql.NewEvents(nothing{}, s.config), 1, true, 2
			s.start()
			if len(events) > 0 {
				s.give(events...)
			}
			s.load(text)
		}
		told.groups[0].Foresee(60_000, 4_500_000)
		for second := 7; second < 4500; second += 60 {
			if second > 10 {
				second -= second % 60
			}
			got, want := told.at(float64(second)), plain.at(float64(second))
			if got != want {
				rt.Fatalf("%s\nat %ds %s\n  without %s", text, second, got, want)
			}
		}
	})
}
