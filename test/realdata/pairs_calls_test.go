package realdata

import (
	"fmt"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/test/datasets/imported"
)

// Consecutive edits of one page by different users: the counts that are known of
// the file, by importing it. Users are hashed on the way.
func TestWikipediaPairs(t *testing.T) {
	t.Parallel()
	l := live(t, configured(t, "testdata/wikipedia.yaml"), imported.Events(t, "wikipedia.yaml", "wikipedia_edits_2015-09-12.json.gz"))
	for within, want := range map[int][2]int{60: {29, 28}, 300: {123, 111}, 900: {251, 234}} {
		for i, who := range []string{"all", "people"} {
			a := ask[struct {
				Cases int
				Proxy struct{ Pairs, Started, Open int }
			}](t, l, fmt.Sprintf("edits.%d.%s", within, who), instant("2016-01-01T00:00:00Z"), 365*24*time.Hour)[""]
			f := a.Figures
			if f.Proxy.Pairs != want[i] || f.Proxy.Started > f.Proxy.Pairs || f.Proxy.Open != 0 || *a.Value != float64(f.Proxy.Started)/float64(f.Cases) {
				t.Errorf("%s within %d s: %+v, want %d pairs", who, within, a, want[i])
			}
			if who == "all" && f.Cases != 35_278 {
				t.Errorf("%d pages", f.Cases)
			}
		}
	}
}

// The counts of the day are held against the file with the type.
func TestCallsOfADay(t *testing.T) {
	t.Parallel()
	type calls struct {
		Offered, Answered, AnsweredWithin, Abandoned, ShortAbandoned, Unmatched, Repeated int
		AverageSpeedOfAnswer, AbandonRate                                                 *float64
	}
	l := live(t, configured(t, "testdata/technion.yaml"), imported.Events(t, "technion_calls.yaml", "technion_bank_calls_one_day.csv.gz"))
	all := ask[calls](t, l, "call.service.level", instant("2010-08-01T21:00:00Z"), 24*time.Hour, "queue")
	total := all[""]
	f := total.Figures
	if f.Offered != 2_375 || f.Answered != 1_511 || f.AnsweredWithin != 607 || f.Abandoned != 846 || f.ShortAbandoned != 133 || f.Unmatched+f.Repeated != 0 {
		t.Errorf("%+v", f)
	}
	if want := 607.0 / (2_375 - 133); *total.Value != want || *f.AbandonRate != 846.0/2_375 {
		t.Errorf("service level %v, want %v; %v abandon", *total.Value, want, *f.AbandonRate)
	}
	t.Logf("average speed of answer %v s", *f.AverageSpeedOfAnswer)
	sum := 0
	for queue, a := range all {
		if queue != "" {
			sum += a.Figures.Offered
		}
	}
	if len(all) < 5 || sum != f.Offered {
		t.Errorf("%d queues with %d calls", len(all)-1, sum)
	}
}
