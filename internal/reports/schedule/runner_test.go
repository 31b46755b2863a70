package schedule

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hms-ops/hms-monitor/internal/units"
)

// disk keeps marks over restarts.
type disk struct {
	mu     sync.Mutex
	values map[string][]byte
	full   error
}

func (d *disk) Put(_ context.Context, key string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full == nil {
		d.values[key] = value
	}
	return d.full
}

// fails makes writes fail with err from now on, nil for none.
func (d *disk) fails(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = err
}

func (d *disk) Each(_ context.Context, handle func(string, []byte) error) error {
	d.mu.Lock()
	values := maps.Clone(d.values)
	d.mu.Unlock()
	for key, value := range values {
		if err := handle(key, value); err != nil {
			return err
		}
	}
	return nil
}

// post notes what is to be sent, each key once, as the outbox does.
type post struct {
	mu    sync.Mutex
	keys  []string
	dues  []Due
	tries int
	err   error
}

func (p *post) send(_ context.Context, d Due) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries++
	if p.err == nil && !slices.Contains(p.keys, d.Key) {
		p.keys, p.dues = append(p.keys, d.Key), append(p.dues, d)
	}
	return []string{d.Key}, p.err
}

// refuse has sending fail with an error, nil for no longer.
func (p *post) refuse(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

// times are when what was sent was due.
func (p *post) times() (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.dues {
		all = append(all, d.Name+" "+d.At.UTC().Format("02 15:04"))
	}
	slices.Sort(all)
	return all
}

type desk struct {
	t    *testing.T
	disk *disk
	post *post
	end  func()
	*Runner
}

func (d *desk) start(plans ...*Plan) {
	d.t.Helper()
	var err error
	d.Runner, err = New(d.t.Context(), Options{Plans: plans, Marks: d.disk, Send: d.post.send, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(d.t.Context())
	var running sync.WaitGroup
	running.Go(func() { d.Run(ctx) })
	d.end = func() { cancel(); running.Wait() }
	synctest.Wait()
}

func (d *desk) want(what string, times ...string) {
	d.t.Helper()
	synctest.Wait()
	if got := d.post.times(); !slices.Equal(got, times) {
		d.t.Fatalf("%s: %q, want %q", what, got, times)
	}
}

func later(d time.Duration) { time.Sleep(d) }

// open is a desk at midnight UTC of Jan 1, 2000, where bubbles begin.
func open(t *testing.T) *desk {
	return &desk{t: t, disk: &disk{values: map[string][]byte{}}, post: &post{}, end: func() {}}
}

func plan(t *testing.T, name, cron string) *Plan {
	return &Plan{Report: Report{Name: name, Type: Shift, Schedule: cron, CatchUp: units.Duration(6 * time.Hour)}, Timetable: table(t, cron, "UTC")}
}

func TestReportsAreSentWhenDueAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t)
		shifts, noon := plan(t, "shifts", "0 6,14,22 * * *"), plan(t, "noon", "0 12 * * *")
		d.start(shifts, noon)
		later(6*time.Hour - time.Second)
		d.want("before the first")
		later(2 * time.Second)
		d.want("after the first", "shifts 01 06:00")
		later(20 * time.Hour)
		day := []string{"noon 01 12:00", "shifts 01 06:00", "shifts 01 14:00", "shifts 01 22:00"}
		d.want("after a day", day...)
		// The same instant is not told again by a program that starts anew, not even
		// where the disk did not keep that it was told.
		d.end()
		d.start(shifts, noon)
		later(time.Minute)
		d.want("after a restart", day...)
		d.disk.fails(errors.New("no space"))
		later(4 * time.Hour) // 06:00
		d.end()
		d.disk.fails(nil)
		d.start(shifts, noon)
		later(time.Minute)
		d.want("after a restart with a lost mark", append(day, "shifts 02 06:00")...)
		if d.post.tries != 6 {
			t.Errorf("%d were made, want the lost one twice", d.post.tries)
		}
		d.end()
	})
}

func TestWhatWasMissedIsSentOnceIfItIsNotTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t)
		shifts, noon := plan(t, "shifts", "0 6,14,22 * * *"), plan(t, "noon", "0 12 * * *")
		d.start(shifts, noon)
		d.end()
		later(23 * time.Hour) // three shifts and a noon are missed
		d.start(shifts, noon)
		later(time.Minute)
		d.want("the newest alone", "shifts 01 22:00")
		for _, s := range d.Status() {
			if late := s.Fault != ""; late != (s.Name == "noon") || s.Sent.IsZero() != late || s.Next.Before(time.Now()) {
				t.Errorf("%s: %+v", s.Name, s)
			}
		}
		d.end()
	})
}

func TestANewTimetableMakesUpForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t)
		d.start(plan(t, "shifts", "0 6 * * *"))
		later(5*time.Hour + 30*time.Minute)
		d.Replace([]*Plan{plan(t, "shifts", "0 5 * * *")})
		later(12 * time.Hour)
		d.want("after the change")
		later(12 * time.Hour)
		d.want("the day after", "shifts 02 05:00")
		d.Replace(nil)
		later(48 * time.Hour)
		d.want("taken away", "shifts 02 05:00")
		d.end()
	})
}

func TestAReportThatCannotBeMadeIsTriedAgainAndKeepsNoOtherWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t)
		d.post.refuse(errors.New("the store is gone"))
		d.start(plan(t, "shifts", "0 6,14,22 * * *"))
		later(6*time.Hour + 10*time.Minute)
		d.want("while it fails")
		d.post.refuse(nil)
		later(2 * time.Minute)
		d.want("when it works again", "shifts 01 06:00")
		d.post.refuse(errors.New("the store is gone"))
		later(15 * time.Hour) // 21:12: that of 14:00 is too late for good
		d.post.refuse(nil)
		later(30 * time.Minute)
		d.want("given up", "shifts 01 06:00")
		if s := d.Status()[0]; s.Fault != "the store is gone" || s.Sent.UTC().Hour() != 6 {
			t.Errorf("%+v", s)
		}
		later(time.Hour)
		d.want("the next one", "shifts 01 06:00", "shifts 01 22:00")
		d.end()
	})
}

func TestTestSendsCountForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t)
		d.start(plan(t, "shifts", "0 6,14,22 * * *"))
		later(7 * time.Hour)
		due, ids, err := d.Test(t.Context(), "shifts")
		if err != nil || len(ids) != 1 || ids[0] != due.Key || !due.Test || due.At.UTC().Hour() != 6 || due.From.UTC().Hour() != 22 {
			t.Errorf("%+v %v", due, err)
		}
		if _, _, err := d.Test(t.Context(), "other"); !errors.Is(err, ErrUnknown) {
			t.Error(err)
		}
		d.want("two", "shifts 01 06:00", "shifts 01 06:00")
		d.end()
	})
}
