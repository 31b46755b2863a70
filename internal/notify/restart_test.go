package notify

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/alertmanager/nflog/nflogpb"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

func TestARestartRepeatsNothingAndForgetsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		told := b.change("told", critical, ok)
		ends := b.change("ends", critical, ok)
		worse := b.change("worse", warning, ok)
		equal(t, b.sent(time.Minute), "mail: firing told/critical", "mail: firing ends/critical", "mail: firing worse/warning")
		b.stop()
		time.Sleep(time.Minute)

		// These come into the log, and the process ends before they are told.
		next := func(t alert.Transition, state alert.State) alert.Transition {
			t.Previous, t.State = t.State, state
			b.seq++
			t.Position = alert.Position{Seq: b.seq, N: 1}
			t.At = time.Now().UnixMilli()
			return t
		}
		ends, worse = next(ends, ok), next(worse, critical)
		fresh := told
		fresh.Rule = "fresh"
		fresh = next(fresh, critical)
		time.Sleep(time.Minute)

		c := start(t, atOnce, b, told, ends, worse, fresh)
		equal(t, c.sent(time.Minute), "mail: resolved ends/critical", "mail: firing worse/critical", "mail: firing fresh/critical")
		// The log is read again from some place before.
		for _, old := range []alert.Transition{told, ends, worse, fresh} {
			c.Take(old)
		}
		equal(t, c.sent(time.Minute))
		c.stop()

		d := start(t, atOnce, c, told, ends, worse, fresh)
		equal(t, d.sent(time.Hour))
		d.change("worse", ok, critical)
		equal(t, d.sent(time.Hour), "mail: resolved worse/critical")
	})
}

// What came and went right before a kill is told of by the newest state alone: of
// each group the log has the labels of what fired and of what had ended, so that
// two changes of a kind look the same whether both were told or the first one only.
func TestWhatCameAndWentBeforeAKillIsNotToldOfAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		comeAndGo := func() (again alert.Transition, firing, ended []uint64) {
			b.change("again", critical, ok)
			equal(t, b.sent(time.Minute), "mail: firing again/critical")
			again = b.change("again", ok, critical)
			equal(t, b.sent(time.Minute), "mail: resolved again/critical")
			for _, m := range b.outbox.last {
				e := b.ledger.latest(&nflogpb.Receiver{GroupName: m.receiver, Integration: m.integration}, m.group)
				firing, ended = append(firing, e.FiringAlerts...), append(ended, e.ResolvedAlerts...)
			}
			return again, firing, ended
		}
		_, firing, ended := comeAndGo()
		again, firing2, ended2 := comeAndGo()
		if len(firing) > 0 || len(ended) != 1 || len(firing2) > 0 || !slices.Equal(ended2, ended) {
			t.Errorf("once told the log has %v and %v, twice told %v and %v", firing, ended, firing2, ended2)
		}
		warned := b.change("warned", warning, ok)
		paged := b.change("paged", critical, ok)
		equal(t, b.sent(time.Minute), "mail: firing warned/warning", "mail: firing paged/critical")
		b.stop()

		// Each of these has changed twice since, and nobody was told.
		newest := []alert.Transition{again, warned, paged, again}
		newest[3].Rule = "fresh"
		for i := range newest {
			b.seq += 2
			newest[i].Position, newest[i].At = alert.Position{Seq: b.seq, N: 1}, time.Now().UnixMilli()
		}
		c := start(t, atOnce, b, newest...)
		equal(t, c.sent(time.Hour))
		c.change("paged", ok, critical)
		equal(t, c.sent(time.Minute), "mail: resolved paged/critical")
	})
}

// A clock may stand still, or be set back: what was told is known all the same.
func TestWhatWasToldIsKnownWithoutAClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		nothing := b.notifications.copy()
		told := b.change("rate", critical, ok)
		equal(t, b.sent(time.Minute), "mail: firing rate/critical")
		b.stop()
		b.notifications = nothing // as if killed before it was written

		// What the outbox knows, and the end, come at one instant.
		b.seq++
		over := told
		over.Position, over.State, over.Previous, over.At = alert.Position{Seq: b.seq, N: 1}, ok, critical, time.Now().UnixMilli()
		c := start(t, atOnce, b, over)
		equal(t, c.sent(time.Minute), "mail: resolved rate/critical")
		c.change("rate", critical, ok)
		equal(t, c.sent(time.Minute), "mail: firing rate/critical")
	})
}

// Whenever the process is killed, people know in the end how each series stands.
func TestKilledAtAnyPoint(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { killed(t, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func killed(t *testing.T, random *rand.Rand) {
	const rules = 4
	states := map[string]alert.Transition{}
	var read []message
	b := start(t, atOnce, nil)
	kill := func() {
		// From now on nothing reaches the disk or the outbox.
		after := *b
		after.notifications, after.silences = b.notifications.copy(), b.silences.copy()
		b.outbox.mu.Lock()
		read = append(read, b.outbox.sent...)
		b.outbox.sent, b.outbox.fail = nil, errors.New("killed")
		b.outbox.mu.Unlock()
		b.Stop(t.Context()) // the goroutines of a bubble must end
		var standing []alert.Transition
		for _, s := range states {
			standing = append(standing, s)
		}
		b = start(t, atOnce, &after, standing...)
	}
	for range 40 {
		rule := fmt.Sprint("rule", random.IntN(rules))
		before, known := states[rule]
		if !known {
			before.State = ok
		}
		state := []alert.State{ok, warning, critical}[random.IntN(3)]
		if state != before.State {
			states[rule] = b.change(rule, state, before.State)
		}
		switch random.IntN(4) {
		case 0:
			kill()
		case 1:
			time.Sleep(time.Duration(random.IntN(3000)) * time.Millisecond)
		}
	}
	time.Sleep(time.Minute)
	synctest.Wait()
	all := append(read, b.outbox.sent...)
	for rule, s := range states {
		if known := whatIsKnown(all, rule); known != s.State {
			t.Errorf("%s is %s, and to who has read the messages it is %s:%s", rule, s.State, known, about(all, rule))
		}
	}
}

// about lists what was sent about a rule.
func about(messages []message, rule string) string {
	var text strings.Builder
	for _, m := range messages {
		for _, a := range m.alerts {
			if string(a.Labels["alertname"]) == rule {
				fmt.Fprintf(&text, "\n\t%s %s %s/%s since %s", m.at.Format("05.000000"), a.Status(), rule, a.Labels["severity"], a.StartsAt.Format("05.000000"))
			}
		}
	}
	return text.String()
}

// whatIsKnown is how a series stands to a reader of all messages: a critical
// alert takes the place of the warning before it.
func whatIsKnown(messages []message, rule string) alert.State {
	fires := map[alert.State]bool{}
	for _, m := range messages {
		for _, resolved := range []bool{true, false} {
			for _, a := range m.alerts {
				if string(a.Labels["alertname"]) != rule || a.Resolved() != resolved {
					continue
				}
				state := alert.State(a.Labels["severity"])
				if !resolved && !fires[state] && state == critical {
					fires[warning] = false
				}
				fires[state] = !resolved
			}
		}
	}
	switch {
	case fires[critical]:
		return critical
	case fires[warning]:
		return warning
	}
	return ok
}

func TestAFullDiskLosesNoNotification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		b.notifications.failWith(errors.New("no space left on device"))
		told := b.change("rate", critical, ok)
		equal(t, b.sent(time.Second), "mail: firing rate/critical")
		b.notifications.failWith(nil)
		equal(t, b.sent(time.Minute))
		if _, failed := b.ledger.journal.counts(); failed == 0 || b.notifications.len() == 0 {
			t.Errorf("%d failures noted, %d entries stored", failed, b.notifications.len())
		}
		b.stop()
		c := start(t, atOnce, b, told)
		equal(t, c.sent(time.Hour))
	})
}

func TestExpiredEntriesAreDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		b.change("rate", critical, ok, event.Tag{Key: "office", Value: "Boston"})
		b.sent(time.Minute)
		b.change("rate", ok, critical, event.Tag{Key: "office", Value: "Boston"})
		b.sent(time.Minute)
		if b.notifications.len() != 1 {
			t.Errorf("%d entries, want 1", b.notifications.len())
		}
		b.sent(9 * time.Hour) // twice the repeat_interval
		if b.notifications.len() != 0 {
			t.Errorf("%d entries have not been deleted", b.notifications.len())
		}
	})
}

func TestReloadKeepsWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, atOnce, nil)
		b.change("rate", critical, ok)
		equal(t, b.sent(time.Minute), "mail: firing rate/critical")
		b.Reload(load(t, atOnce))
		equal(t, b.sent(time.Hour))
		b.change("rate", ok, critical)
		equal(t, b.sent(time.Minute), "mail: resolved rate/critical")
		// Alerts come while routings change.
		for i := range 50 {
			b.change(fmt.Sprint("r", i), critical, ok)
			b.Reload(load(t, atOnce))
		}
		if got := b.sent(time.Minute); len(got) != 50 {
			t.Errorf("%d messages, want 50: %v", len(got), got)
		}
	})
}
