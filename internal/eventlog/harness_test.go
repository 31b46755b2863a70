package eventlog_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/hms-ops/hms-monitor/internal/eventlog"
)

// patience is how long a test waits for what must happen; nothing waits for it
// to pass.
const patience = 30 * time.Second

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// place is where a log lives, so that a test can open it again and restart
// what is below it. The conformance tests run on each kind of place.
type place interface {
	options() eventlog.Options
	// restartServer stops and starts the server under an open log, where there
	// is one to restart.
	restartServer(t *testing.T) bool
}

func eachPlace(t *testing.T, test func(t *testing.T, p place)) {
	t.Run("embedded", func(t *testing.T) { test(t, embedded{t.TempDir()}) })
	t.Run("external", func(t *testing.T) {
		e := &external{dir: t.TempDir(), port: server.RANDOM_PORT}
		e.start(t)
		t.Cleanup(e.stop)
		test(t, e)
	})
}

type embedded struct{ dir string }

func (e embedded) options() eventlog.Options       { return eventlog.Options{Dir: e.dir, MinFree: 1} }
func (e embedded) restartServer(t *testing.T) bool { return false }

// external is a real nats-server on a port that the kernel chose.
type external struct {
	dir  string
	port int
	srv  *server.Server
}

func (e *external) start(t *testing.T) {
	t.Helper()
	srv, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: e.port, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: e.dir, SyncAlways: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	if !srv.ReadyForConnections(patience) {
		t.Fatal("the external server did not start")
	}
	e.srv, e.port = srv, srv.Addr().(*net.TCPAddr).Port
}

func (e *external) stop() {
	e.srv.Shutdown()
	e.srv.WaitForShutdown()
}

func (e *external) options() eventlog.Options {
	return eventlog.Options{URL: "nats://127.0.0.1:" + strconv.Itoa(e.port)}
}

func (e *external) restartServer(t *testing.T) bool {
	e.stop()
	e.start(t)
	return true
}

func open(t *testing.T, o eventlog.Options) *eventlog.Log {
	t.Helper()
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	l, err := eventlog.Open(within(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func appendText(t *testing.T, l *eventlog.Log, text string) uint64 {
	t.Helper()
	ack, err := l.Append(within(t), []byte(text))
	if err != nil {
		t.Fatalf("append %q: %v", text, err)
	}
	return ack.Seq
}

// follow reads from `from` in the background.
func follow(t *testing.T, l *eventlog.Log, from uint64) (messages <-chan eventlog.Message, ended <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, end, left := make(chan eventlog.Message, 1<<16), make(chan error, 1), make(chan struct{})
	go func() {
		defer close(left)
		end <- l.Read(ctx, from, func(m eventlog.Message) error { out <- m; return nil })
	}()
	t.Cleanup(func() { cancel(); <-left })
	return out, end
}

// expect takes the messages first..last, exactly and in order.
func expect(t *testing.T, messages <-chan eventlog.Message, first, last uint64, text func(seq uint64) string) {
	t.Helper()
	ctx := within(t)
	for seq := first; seq <= last; seq++ {
		select {
		case m := <-messages:
			if m.Seq != seq || text != nil && string(m.Data) != text(seq) {
				t.Fatalf("got message %d %.40q, want %d", m.Seq, m.Data, seq)
			}
			if age := time.Since(m.Received); age < -time.Minute || age > time.Hour {
				t.Fatalf("message %d received %s ago", m.Seq, age)
			}
		case <-ctx.Done():
			t.Fatalf("message %d did not come", seq)
		}
	}
}

func numbered(seq uint64) string { return fmt.Sprintf("payload %d", seq) }
