package alert

import (
	"bytes"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
)

var snapshotRules = []Rule{
	{Name: "a", Metric: "a", Warning: below(5), Critical: below(2), By: []string{"x"}},
	{Name: "b", Metric: "a", Critical: below(2), For: 10},
}

func someState(tb testing.TB) (*Engine, []byte) {
	tb.Helper()
	e := New(snapshotRules, quiet())
	e.Apply(1, event.Of(
		point("a", 1, 5, event.Tag{Key: "x", Value: "north"}), point("a", 4, 6), point("a", 1, 7, event.Tag{Key: "x", Value: ""}),
	), 100)
	state, err := e.Snapshot()
	if err != nil {
		tb.Fatal(err)
	}
	return e, state
}

func TestRestoreTakesDamagedStateForWhatItIs(t *testing.T) {
	e, state := someState(t)
	for n := range state {
		if err := e.Restore(state[:n]); err == nil {
			t.Errorf("the first %d bytes pass for a snapshot", n)
		}
	}
	if err := e.Restore(append(bytes.Clone(state), 0)); err == nil {
		t.Error("a byte too many passes for a snapshot")
	}
	again, err := e.Snapshot()
	if err != nil || !bytes.Equal(again, state) {
		t.Error("a snapshot refused has changed the state")
	}
}

func FuzzRestore(f *testing.F) {
	_, state := someState(f)
	f.Add(state)
	f.Add([]byte{snapshotVersion})
	f.Fuzz(func(t *testing.T, data []byte) {
		e := New(snapshotRules, quiet())
		if e.Restore(data) != nil {
			return
		}
		e.Apply(4, event.Of(point("a", 1, 1)), 1)
		e.Tick(1 << 62)
		if _, waits := e.NextDeadline(); waits {
			t.Error("a condition waits for ever")
		}
		e.States()
	})
}
