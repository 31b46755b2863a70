package realdata

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/test/datasets"
	"github.com/hms-ops/hms-monitor/test/datasets/imported"
)

// sameInAnyOrder asks every KPI in every way of engines that were given the same
// events in order, in disorder, and as the file has them.
func sameInAnyOrder(t *testing.T, d definitions, events []event.Event, instants []int64, windows ...time.Duration) {
	ordered := live(t, d, datasets.InOrder(events))
	others := map[string]*lane{
		"shuffled within each day":                   live(t, d, datasets.ShuffledWithinDays(events, rand.New(rand.NewPCG(20, 11)))),
		"as the file has them, half from history on": filled(t, d, events),
	}
	own := map[string]bool{}
	for _, k := range d.file {
		own[k.Name] = true
	}
	asked := 0
	for _, k := range ordered.List() {
		known := false
		for _, by := range breakdowns(k.Definition.By) {
			for _, at := range instants {
				for _, window := range windows {
					asked++
					want := ordered.text(t, k.Name, at, window, by...)
					known = known || !strings.Contains(want, `"value":null`)
					for order, l := range others {
						if got := l.text(t, k.Name, at, window, by...); got != want {
							t.Fatalf("%s by %v at %s over %v, %s:\n%s\nin order:\n%s", k.Name, by, time.UnixMilli(at).UTC(), window, order, got, want)
						}
					}
				}
			}
		}
		if own[k.Name] && !known {
			t.Errorf("%s never has data", k.Name)
		}
	}
	t.Logf("%d answers alike", asked)
}

// breakdowns are the total, the groups of the first tag and those of all tags.
func breakdowns(by []string) [][]string {
	if len(by) < 2 {
		return [][]string{nil, by}
	}
	return [][]string{nil, by[:1], by}
}

func instant(text string) int64 {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at.UnixMilli()
}

func TestPermitsAnswerAlikeInAnyOrder(t *testing.T) {
	t.Parallel()
	events := imported.Events(t, "wabo.yaml", "wabo_receipt.csv.gz")
	sameInAnyOrder(t, configured(t, "testdata/wabo.yaml"), events, []int64{
		instant("2010-11-30T23:00:00Z"), instant("2011-03-27T01:00:00Z"), instant("2011-05-31T22:00:00Z"),
		events[len(events)/3].Time, events[len(events)/2].Time + 1, instant("2012-01-23T12:34:56Z"), instant("2030-01-01T00:00:00Z"),
	}, 0, time.Hour, 60*24*time.Hour)
}

func TestProblemsAnswerAlikeInAnyOrder(t *testing.T) {
	t.Parallel()
	events := imported.Events(t, "bpic2013.yaml", "bpic2013_closed_problems.xes.gz")
	sameInAnyOrder(t, configured(t, "testdata/bpic2013.yaml"), events, []int64{
		instant("2006-06-01T00:00:00Z"), instant("2011-10-30T01:00:00Z"), instant("2012-02-29T12:00:00Z"),
		events[len(events)/3].Time, events[len(events)/2].Time + 1, instant("2012-05-09T09:09:09Z"), instant("2030-01-01T00:00:00Z"),
	}, 0, time.Hour, 365*24*time.Hour)
}
