package demo

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// recorder is a server that looks at its clock.
type recorder struct {
	posts, events int
	future        int
	fail          error
}

func (r *recorder) Post(_ context.Context, events []event.Event, _ string) error {
	if r.fail != nil {
		return r.fail
	}
	r.posts++
	r.events += len(events)
	for _, e := range events {
		if e.Time > time.Now().UnixMilli() {
			r.future++
		}
	}
	return nil
}

func TestEventsArePostedWhenTheyAreDueAndNeverFromTheFuture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, notes := &recorder{}, &bytes.Buffer{}
		c := config(1)
		c.Start = time.Now()
		sum, err := Run(t.Context(), New(c), server, notes, 2*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if server.future > 0 {
			t.Errorf("%d of %d events were from the future", server.future, server.events)
		}
		if sum.Events != server.events || sum.Lasted != 2*time.Minute {
			t.Errorf("summary %d events in %s, the server got %d", sum.Events, sum.Lasted, server.events)
		}
		want := len(play(c, 2*time.Hour))
		if server.events < want*95/100 || server.events > want {
			t.Errorf("%d events posted, %d were due", server.events, want)
		}
		if !strings.Contains(notes.String(), "incident") {
			t.Error("no incident within two minutes")
		}
	})
}

func TestInterruptingIsNoError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		c := config(1)
		c.Start = time.Now()
		sum, err := Run(ctx, New(c), &recorder{}, &bytes.Buffer{}, 0)
		if err != nil || sum.Lasted != 3*time.Second {
			t.Errorf("ended after %s with %v", sum.Lasted, err)
		}
		var text bytes.Buffer
		sum.Print(&text)
		if !strings.Contains(text.String(), "case.opened") {
			t.Errorf("summary: %s", &text)
		}
	})
}

func TestARefusalEndsTheDemo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fault := errors.New("no")
		c := config(1)
		c.Start = time.Now()
		if _, err := Run(t.Context(), New(c), &recorder{fail: fault}, &bytes.Buffer{}, 0); !errors.Is(err, fault) {
			t.Errorf("got %v", err)
		}
	})
}
