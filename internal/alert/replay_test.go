package alert

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// What Replay says is what was said live, where each event came at its own time.
func TestReplayIsWhatWasSaidLive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := []Rule{genRule("first").Draw(t, "first"), genRule("second").Draw(t, "second")}
		live, replayed := New(rules, quiet()), New(rules, quiet())
		var want, got []Transition
		now, seq := int64(100), uint64(0)
		for range rapid.IntRange(1, 6).Draw(t, "blocks") {
			var events []event.Event
			var seqs []uint64
			for range rapid.IntRange(1, 8).Draw(t, "events") {
				now += rapid.Int64Range(0, 12).Draw(t, "later")
				seq++
				e := point(rapid.SampledFrom([]string{"a", "b", "other"}).Draw(t, "metric"), rapid.SampledFrom([]float64{1, 2, 3, 4, 5, 6}).Draw(t, "value"), now)
				if x := rapid.SampledFrom([]string{"", "north", "south"}).Draw(t, "x"); x != "" {
					e.Tags = append(e.Tags, event.Tag{Key: "x", Value: x})
				}
				want = append(want, live.Apply(seq, event.Of(e), now)...)
				events, seqs = append(events, e), append(seqs, seq)
			}
			got = append(got, replayed.Replay(seqs, event.Of(events...))...)
		}
		now += rapid.Int64Range(0, 30).Draw(t, "end")
		want, got = append(want, live.Tick(now)...), append(got, replayed.Tick(now)...)
		// A deadline that passes before an event of no rule has another position.
		for _, all := range [][]Transition{want, got} {
			for i := range all {
				all[i].Position = Position{}
			}
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("live\n%v\nreplayed\n%v", want, got)
		}
	})
}
