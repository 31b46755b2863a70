package importer

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hms-ops/hms-monitor/internal/client"
)

// arrival is an event and when it came.
type arrival struct {
	wireEvent
	after time.Duration
}

// arrivals is a server without a network, for tests on a virtual clock.
type arrivals struct {
	started time.Time
	got     []arrival
}

func (a *arrivals) RoundTrip(r *http.Request) (*http.Response, error) {
	events, err := readWire(r)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		a.got = append(a.got, arrival{e, time.Since(a.started)})
	}
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
}

const replayMap = `
source: r
events:
  - {metric: open, time: {column: a, layout: unix_s}, id: "{id}/o", tags: {due: {column: d, time: unix_s}}}
  - {metric: close, time: {column: b, layout: unix_s}, id: "{id}/c", when: "b != ''"}
`

func replay(t *testing.T, speed float64, shift bool, text string) []arrival {
	t.Helper()
	a := &arrivals{started: time.Now()}
	_, err := Run(t.Context(), Options{
		Map: mustMap(t, replayMap), Files: []string{write(t, "r.csv", []byte(text))},
		Client: &client.Client{URL: client.DefaultURL, HTTP: &http.Client{Transport: a}},
		Replay: speed, ShiftToNow: shift, Progress: NewProgress(io.Discard, false, time.Now),
	})
	if err != nil {
		t.Fatal(err)
	}
	return a.got
}

func summary(got []arrival) string {
	var b strings.Builder
	for _, a := range got {
		fmt.Fprintf(&b, "%s@%s ", a.ID, a.after.Round(100*time.Millisecond))
	}
	return strings.TrimSpace(b.String())
}

func TestReplayKeepsOrderAndPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Closings lie ahead of later openings; the third row is out of order;
		// the fourth is far in the future.
		got := replay(t, 60, false, "id,a,b,d\n1,1000,1300,\n2,1060,1090,\n3,1030,,\n4,9000,,\n5,1120,1121,\n")
		const want = "1/o@0s 3/o@500ms 2/o@1s 2/c@1.5s 5/o@2s 5/c@2.1s 1/c@5s 4/o@2m13.3s"
		if summary(got) != want {
			t.Errorf("got  %s\nwant %s", summary(got), want)
		}
		for _, a := range got {
			if a.Timestamp < 1_000_000 || a.Timestamp > 9_000_000 {
				t.Errorf("%s has time %d", a.ID, a.Timestamp)
			}
		}
	})
}

func TestReplayShiftedToNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		got := replay(t, 10, true, "id,a,b,d\n1,1000,1300,2000\n")
		first, last := got[0], got[1]
		if first.Timestamp != started.UnixMilli() || last.Timestamp != started.Add(30*time.Second).UnixMilli() {
			t.Errorf("times %d and %d, started at %d", first.Timestamp, last.Timestamp, started.UnixMilli())
		}
		if want := started.Add(100 * time.Second).UTC().Format("2006-01-02T15:04:05.999Z07:00"); first.Tags["due"] != want {
			t.Errorf("due %s, want %s", first.Tags["due"], want)
		}
		if want := fmt.Sprintf("1/o@%d", started.UnixMilli()); first.ID != want {
			t.Errorf("id %s, want %s", first.ID, want)
		}
	})
}

func TestReplayReadsPastEventsThatLieFarAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		b.WriteString("id,a,b,d\n")
		const rows = lookAhead * 3 / 2
		for i := range rows {
			fmt.Fprintf(&b, "%d,%d,%d,\n", i, 1000+i, 1_000_000+i)
		}
		got := replay(t, 1e6, false, b.String())
		last := int64(0)
		for _, a := range got {
			if a.Timestamp < last {
				t.Fatalf("%s came after an event of %d", mustJSON(a.wireEvent), last)
			}
			last = a.Timestamp
		}
		if len(got) != 2*rows {
			t.Errorf("%d events", len(got))
		}
	})
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
