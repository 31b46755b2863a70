package outbox_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// roster is three receivers, each with one integration, the first with two.
type roster struct {
	*office
	mail, sms, supervisor, manager *phone
	toMail, toSMS                  notify.Notifier
}

func staffed(t *testing.T, bucket outbox.Bucket, c outbox.Config) *roster {
	r := &roster{mail: &phone{}, sms: &phone{}, supervisor: &phone{}, manager: &phone{}}
	r.open(t, bucket, c)
	return r
}

func (r *roster) open(t *testing.T, bucket outbox.Bucket, c outbox.Config) {
	r.office = start(t, bucket, c, func(b *outbox.Outbox) {
		r.toMail, r.toSMS = b.Wrap("oncall", "email", 0, r.mail), b.Wrap("oncall", "sms", 0, r.sms)
		b.Wrap("supervisor", "sms", 0, r.supervisor)
		b.Wrap("manager", "email", 0, r.manager)
	})
}

func (r *roster) send(t *testing.T, group string, alerts ...*alert.Alert) {
	t.Helper()
	send(t, r.toMail, group, alerts...)
	send(t, r.toSMS, group, alerts...)
}

func chain() outbox.Config {
	return outbox.Config{Escalations: []outbox.Escalation{
		{Receiver: "oncall", After: 10 * time.Minute, To: "supervisor"},
		{Receiver: "supervisor", After: 20 * time.Minute, To: "manager"},
	}}
}

func TestEscalationGoesUpTheChainOnce(t *testing.T) {
	inTime(t, func(t *testing.T) {
		r := staffed(t, &outbox.Memory{}, chain())
		a := firing("a", "critical")
		r.send(t, "a", a)
		time.Sleep(10*time.Minute - time.Second)
		expectNames(t, r.supervisor)
		time.Sleep(2 * time.Second)
		expectNames(t, r.supervisor, "a:firing ")
		r.send(t, "a", a) // a repetition starts nothing anew
		time.Sleep(20*time.Minute - 3*time.Second)
		expectNames(t, r.manager)
		time.Sleep(3 * time.Second)
		expectNames(t, r.manager, "a:firing ")
		time.Sleep(24 * time.Hour)
		expectNames(t, r.supervisor, "a:firing ")
		d := one(t, r.box, outbox.Filter{Receiver: "manager"})
		if d.Origin == nil || d.Origin.Kind != outbox.OriginEscalation || d.Origin.Receiver != "supervisor" {
			t.Fatalf("origin: %+v", d.Origin)
		}
	})
}

func TestAcknowledgementEndsEscalation(t *testing.T) {
	inTime(t, func(t *testing.T) {
		bucket := &outbox.Memory{}
		r := staffed(t, bucket, chain())
		warning := firing("a", "warning")
		r.send(t, "a", warning)
		ack, err := r.box.Acknowledge(t.Context(), outbox.Acknowledgement{AlertID: "a.1", Who: "Ada", Note: "on it"})
		if err != nil || ack.Severity != "warning" || len(ack.Alerts) != 1 {
			t.Fatalf("%+v, %v", ack, err)
		}
		time.Sleep(time.Hour)
		expectNames(t, r.supervisor)
		if d := r.box.Messages(outbox.Filter{Receiver: "oncall"}); len(d) != 2 || len(d[0].Acks) != 1 || d[0].Acks[0].Who != "Ada" {
			t.Fatalf("proof: %+v", d)
		}

		// It outlives a restart, but not that things get worse.
		r.end()
		r.open(t, bucket, chain())
		if acks := r.box.Acks(false); len(acks) != 1 {
			t.Fatalf("after a restart: %+v", acks)
		}
		worse := firing("a", "critical")
		r.box.Observe(worse.Labels, "critical", worse.StartsAt)
		r.send(t, "a", worse)
		if acks := r.box.Acks(false); len(acks) != 0 {
			t.Fatalf("an acknowledgement of a warning holds for a critical alert: %+v", acks)
		}
		if _, err := r.box.Acknowledge(t.Context(), outbox.Acknowledgement{Series: outbox.SeriesOf(worse.Labels), Who: "Ada"}); err != nil {
			t.Fatal(err)
		}
		// Back to warning is better: the acknowledgement goes on to hold.
		time.Sleep(time.Minute)
		better := firing("a", "warning")
		r.box.Observe(better.Labels, "warning", better.StartsAt)
		r.send(t, "a", better)
		time.Sleep(time.Hour)
		expectNames(t, r.supervisor)
		// Ok and again: a new alert.
		r.box.Observe(better.Labels, "ok", time.Now())
		time.Sleep(time.Minute)
		again := firing("a", "warning")
		r.box.Observe(again.Labels, "warning", again.StartsAt)
		r.send(t, "a", again)
		time.Sleep(time.Hour)
		expectNames(t, r.supervisor, "a:firing ")
	})
}

func TestResolutionEndsEscalation(t *testing.T) {
	inTime(t, func(t *testing.T) {
		r := staffed(t, &outbox.Memory{}, chain())
		told, quiet := firing("told", "critical"), firing("quiet", "critical")
		r.send(t, "told", told)
		r.send(t, "quiet", quiet)
		time.Sleep(5 * time.Minute)
		r.send(t, "told", resolved(told))
		r.box.Observe(quiet.Labels, "ok", time.Now()) // its receivers are not told
		time.Sleep(time.Hour)
		expectNames(t, r.supervisor)
		_, err := r.box.Acknowledge(t.Context(), outbox.Acknowledgement{AlertID: "told.1", Who: "Ada"})
		if !errors.Is(err, outbox.ErrNotOpen) {
			t.Errorf("acknowledge what is over: %v", err)
		}
	})
}

func TestEscalationOutlivesARestart(t *testing.T) {
	inTime(t, func(t *testing.T) {
		bucket := &outbox.Memory{}
		r := staffed(t, bucket, chain())
		r.send(t, "a", firing("a", "critical"))
		time.Sleep(5 * time.Minute)
		r.end()
		time.Sleep(time.Minute)
		r.open(t, bucket, chain())
		time.Sleep(4*time.Minute - time.Second)
		expectNames(t, r.supervisor)
		time.Sleep(2 * time.Second)
		expectNames(t, r.supervisor, "a:firing ")
		r.end()
		r.open(t, bucket, chain())
		time.Sleep(19 * time.Minute)
		expectNames(t, r.supervisor, "a:firing ")
	})
}

func TestAcknowledgementsThatCannotBe(t *testing.T) {
	inTime(t, func(t *testing.T) {
		r := staffed(t, &outbox.Memory{}, chain())
		r.send(t, "a", firing("a", "critical"))
		for what, c := range map[string]struct {
			request outbox.Acknowledgement
			err     error
		}{
			"nobody":   {outbox.Acknowledgement{AlertID: "a.1", Who: " "}, outbox.ErrInvalid},
			"unknown":  {outbox.Acknowledgement{AlertID: "b.1", Who: "Ada"}, outbox.ErrUnknown},
			"nothing":  {outbox.Acknowledgement{Who: "Ada"}, outbox.ErrUnknown},
			"not utf8": {outbox.Acknowledgement{AlertID: "a.1", Who: "\xff"}, outbox.ErrInvalid},
		} {
			if _, err := r.box.Acknowledge(t.Context(), c.request); !errors.Is(err, c.err) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func backup(after time.Duration) outbox.Config {
	return outbox.Config{Fallbacks: []outbox.Fallback{{Receiver: "oncall", To: "supervisor", After: after}}}
}

func TestFallbackWhenAllHaveFailedForTooLong(t *testing.T) {
	inTime(t, func(t *testing.T) {
		r := staffed(t, &outbox.Memory{}, backup(0))
		r.mail.set(errDown)
		r.sms.set(errDown)
		a := firing("a", "critical")
		r.send(t, "a", a)
		r.send(t, "w", firing("w", "warning"))
		time.Sleep(outbox.DefaultFallbackAfter - time.Second)
		expectNames(t, r.supervisor)
		time.Sleep(2 * time.Second)
		expectNames(t, r.supervisor, "a:firing ")
		d := one(t, r.box, outbox.Filter{Receiver: "supervisor"})
		if d.Origin == nil || d.Origin.Kind != outbox.OriginFallback || d.Origin.Receiver != "oncall" || d.State != outbox.Delivered {
			t.Fatalf("%+v", d)
		}
		time.Sleep(outbox.LaxFallbackAfter)
		expectNames(t, r.supervisor, "a:firing ", "w:firing ")
		// The end goes where the beginning went; the receiver itself gets all later.
		r.send(t, "a", resolved(a))
		time.Sleep(time.Hour)
		expectNames(t, r.supervisor, "a:firing ", "w:firing ", "a:resolved ")
		r.mail.set(nil)
		time.Sleep(10 * time.Minute)
		expectNames(t, r.mail, "a:firing ", "a:resolved ", "w:firing ")
	})
}

func TestNoFallbackWhileOneIntegrationWorks(t *testing.T) {
	inTime(t, func(t *testing.T) {
		r := staffed(t, &outbox.Memory{}, backup(time.Minute))
		r.mail.set(errDown)
		r.send(t, "a", firing("a", "critical"))
		time.Sleep(48 * time.Hour)
		expectNames(t, r.supervisor)
		expectNames(t, r.sms, "a:firing ")
		if dead := r.box.DeadLetters(); len(dead) != 1 {
			t.Fatalf("%+v", dead)
		}
	})
}

func TestFallbackAtOnceWhereAllRefuse(t *testing.T) {
	inTime(t, func(t *testing.T) {
		bucket := &outbox.Memory{}
		r := staffed(t, bucket, backup(0))
		r.mail.err, r.mail.no, r.sms.err, r.sms.no = errDown, true, errDown, true
		r.send(t, "a", firing("a", "critical"))
		synctest.Wait()
		expectNames(t, r.supervisor, "a:firing ")
		r.end()
		r.open(t, bucket, backup(0))
		time.Sleep(time.Hour)
		expectNames(t, r.supervisor, "a:firing ")
	})
}

// After a restart the routing knows the end of an alert and not its beginning:
// it is the end of what was told all the same, for the fallback as well.
func TestFallbackHearsOfAnEndThatCameWithARestart(t *testing.T) {
	inTime(t, func(t *testing.T) {
		down, backup := &phone{err: errDown}, &phone{}
		var n notify.Notifier
		bucket := &outbox.Memory{}
		config := outbox.Config{Fallbacks: []outbox.Fallback{{Receiver: "oncall", To: "backup", After: time.Second}}}
		wrap := func(b *outbox.Outbox) {
			n = b.Wrap("oncall", "webhook", 0, down)
			b.Wrap("backup", "webhook", 0, backup)
			b.Use()
		}
		o := start(t, bucket, config, wrap)
		a := firing("a", "critical")
		send(t, n, "a", a)
		time.Sleep(time.Minute)
		o.end()
		o = start(t, bucket, config, wrap)
		began := a.StartsAt
		a = resolved(a)
		a.StartsAt = a.EndsAt
		send(t, n, "a", a)
		time.Sleep(time.Minute)
		expectNames(t, backup, "a:firing ", "a:resolved ")
		for _, m := range o.box.Messages(outbox.Filter{}) {
			if !m.Alerts[0].StartsAt.Equal(began) {
				t.Errorf("the alert began at %s, and is told to have begun at %s", began, m.Alerts[0].StartsAt)
			}
		}
	})
}
