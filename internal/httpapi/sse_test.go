package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/stream"
)

// streamPast is a History of events that all have the metric "old".
type streamPast struct{ err error }

func (p streamPast) Replay(_ context.Context, _ store.Filter, seq, last uint64, yield func(store.Numbered) error) error {
	for n := seq + 1; n <= last && p.err == nil; n++ {
		one := store.Numbered{Seqs: []uint64{n}, Block: event.Of(event.Event{Metric: "old"})}
		if err := yield(one); err != nil {
			return err
		}
	}
	return p.err
}

func (p streamPast) AlertsAfter(context.Context, alert.Position, func(alert.Transition) error) error {
	return nil
}

type streamServer struct {
	*httptest.Server
	hub     *stream.Hub
	handler *StreamHandler
	stop    func()
}

func serveStream(t *testing.T, o StreamOptions, h stream.Options) *streamServer {
	t.Helper()
	done := make(chan struct{})
	o.Hub, o.Done = stream.NewHub(alert.Position{Seq: 3}, h), done
	if o.History == nil {
		o.History = streamPast{}
	}
	s := &streamServer{hub: o.Hub, handler: NewStreamHandler(o)}
	s.stop = func() { close(done); s.handler.Wait() }
	s.Server = httptest.NewUnstartedServer(s.handler)
	t.Cleanup(func() { s.Server.Close() })
	return s
}

func (s *streamServer) open(t *testing.T, query, lastID string) (*http.Response, *bufio.Reader) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res, bufio.NewReader(res.Body)
}

// streamFrame reads up to the next blank line.
func streamFrame(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var lines []string
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", lines, err)
		}
		if line == "\n" {
			return strings.Join(lines, "")
		}
		lines = append(lines, line)
	}
}

func (s *streamServer) publish(name string, alerts ...alert.Transition) {
	first := s.hub.Last().Seq + 1
	for i := range alerts {
		alerts[i].Position = alert.Position{Seq: first, N: uint32(i + 1)}
	}
	s.hub.Publish(stream.Batch{FirstSeq: first, Block: event.Of(event.Event{Metric: name, Value: 1.5, Time: 7}), Alerts: alerts})
}

func streamPoint(seq int, name string) string {
	return fmt.Sprintf("id: %d\ndata: {\"metricName\":%q,\"value\":1.5,\"tags\":{},\"timestamp\":7}\n", seq, name)
}

func streamOld(seq int) string {
	return fmt.Sprintf("id: %d\ndata: {\"metricName\":\"old\",\"value\":0,\"tags\":{},\"timestamp\":0}\n", seq)
}

const streamHello = ": live\nretry: 2000\n"

func TestStreamOverEachProtocol(t *testing.T) {
	for _, version := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(version, func(t *testing.T) {
			s := serveStream(t, StreamOptions{}, stream.Options{})
			if version == "HTTP/2.0" {
				s.EnableHTTP2 = true
				s.StartTLS()
			} else {
				s.Start()
			}
			res, body := s.open(t, "", "")
			if res.StatusCode != http.StatusOK || res.Proto != version {
				t.Fatal(res.Proto, res.Status)
			}
			for name, want := range map[string]string{
				"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no",
			} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			expectFrames(t, body, streamHello+"id: 3\n")
			s.publish("a", alert.Transition{Rule: "a", Metric: "a", State: alert.Warning, Previous: alert.OK, Condition: "below 2"})
			s.publish("b")
			expectFrames(t, body, streamPoint(4, "a"),
				"event: alert\nid: 4.1\ndata: "+`{"id":"4.1","kind":"threshold","rule":"a","metricName":"a","tags":{},"state":"warning","previous":"ok","value":0,"condition":"below 2","timestamp":0,"since":0,"at":0}`+"\n",
				streamPoint(5, "b"))
			s.stop()
			if rest, err := io.ReadAll(body); len(rest) > 0 || err != nil {
				t.Errorf("at the end: %q, %v", rest, err)
			}
			if n := s.hub.Subscribers(); n != 0 {
				t.Errorf("%d subscribers left", n)
			}
		})
	}
}

func expectFrames(t *testing.T, body *bufio.Reader, want ...string) {
	t.Helper()
	for _, w := range want {
		if got := streamFrame(t, body); got != w {
			t.Fatalf("got\n%swant\n%s", got, w)
		}
	}
}

func TestStreamResumes(t *testing.T) {
	s := serveStream(t, StreamOptions{}, stream.Options{})
	s.Start()
	s.publish("a")
	for name, c := range map[string]struct {
		query, header string
		want          []string
	}{
		"from history into the ring": {"", "1", []string{streamHello, streamOld(2), streamOld(3), streamOld(4)}},
		"inside the ring":            {"", "3", []string{streamHello + "id: 3\n", streamPoint(4, "a")}},
		"by the query":               {"?lastEventId=3", "", []string{streamHello + "id: 3\n", streamPoint(4, "a")}},
		"the header wins":            {"?lastEventId=1", "4", []string{streamHello + "id: 4\n"}},
		"an id from the future":      {"", "99", []string{streamHello + "id: 4\n"}},
		"filtered":                   {"?metric=b.*", "3", []string{streamHello + "id: 3\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, body := s.open(t, c.query, c.header)
			expectFrames(t, body, c.want...)
		})
	}
}

func TestStreamRefuses(t *testing.T) {
	s := serveStream(t, StreamOptions{}, stream.Options{})
	s.Start()
	for _, c := range []struct{ query, lastID, field string }{
		{"?metrics=a", "", "metrics"},
		{"?metric=", "", "metric"},
		{"?metric=a*b", "", "metric"},
		{"?events=points", "", "events"},
		{"?events=", "", "events"},
		{"?tag.=x", "", "tag."},
		{"?tag.a=x&tag.a=y", "", "tag.a"},
		{"?lastEventId=x", "", "lastEventId"},
		{"?a;b", "", "query"},
		{"", "12.x", "Last-Event-ID"},
		{"", "-1", "Last-Event-ID"},
	} {
		res, body := s.open(t, c.query, c.lastID)
		var p struct {
			Status int
			Errors []FieldError
		}
		if err := json.NewDecoder(body).Decode(&p); err != nil {
			t.Fatal(err)
		}
		has := slices.ContainsFunc(p.Errors, func(e FieldError) bool { return e.Field == c.field && e.Detail != "" })
		if res.StatusCode != 400 || p.Status != 400 || !has || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%q %q: %d %+v", c.query, c.lastID, res.StatusCode, p)
		}
	}
	if n := s.hub.Subscribers(); n != 0 {
		t.Errorf("%d subscribers left", n)
	}
}

func TestStreamRefusesWhenFull(t *testing.T) {
	s := serveStream(t, StreamOptions{}, stream.Options{MaxSubscribers: 1})
	s.Start()
	_, body := s.open(t, "", "")
	expectFrames(t, body, streamHello+"id: 3\n")
	res, _ := s.open(t, "", "")
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Error(res.Status, res.Header)
	}
}

func TestStreamHeartbeatCarriesThePosition(t *testing.T) {
	s := serveStream(t, StreamOptions{Heartbeat: 5 * time.Millisecond}, stream.Options{})
	s.Start()
	_, body := s.open(t, "?metric=rare", "")
	expectFrames(t, body, streamHello+"id: 3\n")
	s.publish("other")
	for beat := ":\nid: 3\n"; beat != ":\nid: 4\n"; beat = streamFrame(t, body) {
		if beat != ":\nid: 3\n" {
			t.Fatalf("got %q", beat)
		}
	}
}

func TestStreamDropsAClientThatReadsNothing(t *testing.T) {
	s := serveStream(t, StreamOptions{WriteTimeout: 20 * time.Millisecond}, stream.Options{})
	s.Start()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	line, err := bufio.NewReaderSize(conn, 16).ReadString('\n')
	if err != nil || line != "HTTP/1.1 200 OK\r\n" {
		t.Fatal(line, err)
	}
	long := strings.Repeat("x", 1<<20)
	for range 16 { // more than the kernel takes in
		s.publish(long)
	}
	s.handler.Wait()
	if s.hub.Slow() != 1 || s.hub.Subscribers() != 0 {
		t.Errorf("%d slow, %d left", s.hub.Slow(), s.hub.Subscribers())
	}
}

func TestStreamNoticesAClientThatLeaves(t *testing.T) {
	s := serveStream(t, StreamOptions{}, stream.Options{})
	s.Start()
	res, body := s.open(t, "", "")
	expectFrames(t, body, streamHello+"id: 3\n")
	res.Body.Close()
	s.handler.Wait()
	if n := s.hub.Subscribers(); n != 0 {
		t.Errorf("%d subscribers left", n)
	}
}

func TestStreamEndsWhereHistoryFails(t *testing.T) {
	s := serveStream(t, StreamOptions{History: streamPast{errors.New("disk")}}, stream.Options{})
	s.Start()
	_, body := s.open(t, "", "1")
	expectFrames(t, body, streamHello)
	if rest, err := io.ReadAll(body); len(rest) > 0 || err != nil {
		t.Errorf("at the end: %q, %v", rest, err)
	}
}

func TestStreamHead(t *testing.T) {
	s := serveStream(t, StreamOptions{}, stream.Options{})
	s.Start()
	res, err := s.Client().Head(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Error(res.Status, res.Header)
	}
}
