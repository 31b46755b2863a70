package eventlog_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/hms-ops/hms-monitor/internal/eventlog"
)

func startExternal(t *testing.T) *external {
	e := &external{dir: t.TempDir(), port: server.RANDOM_PORT}
	e.start(t)
	t.Cleanup(func() { e.stop() })
	return e
}

// makeStream is what an operator may have done before.
func makeStream(t *testing.T, e *external, c jetstream.StreamConfig) {
	t.Helper()
	conn, err := nats.Connect(e.options().URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(within(t), c); err != nil {
		t.Fatal(err)
	}
}

func TestStreamThatDropsMessagesIsRefused(t *testing.T) {
	e := startExternal(t)
	makeStream(t, e, jetstream.StreamConfig{
		Name: eventlog.DefaultStream, Subjects: []string{"other"},
		MaxMsgs: 10, Retention: jetstream.WorkQueuePolicy, Storage: jetstream.MemoryStorage,
	})
	_, err := eventlog.Open(within(t), e.options())
	if err == nil {
		t.Fatal("opened")
	}
	for _, fault := range []string{"subject", "retention", "storage", "discard"} {
		if !strings.Contains(err.Error(), fault) {
			t.Errorf("%q does not name the %s", err, fault)
		}
	}
}

func TestLimitedStreamSaysThatItIsFull(t *testing.T) {
	e := startExternal(t)
	makeStream(t, e, jetstream.StreamConfig{
		Name: eventlog.DefaultStream, Subjects: []string{eventlog.DefaultStream + ".blocks"},
		MaxBytes: 1000, Discard: jetstream.DiscardNew,
	})
	o := e.options()
	o.Keep = -1
	l := open(t, o)
	seq := appendText(t, l, strings.Repeat("x", 800))
	_, err := l.Append(within(t), []byte(strings.Repeat("x", 800)))
	if !errors.Is(err, eventlog.ErrNoSpace) {
		t.Fatalf("append to a full stream: %v", err)
	}
	if err := l.Purge(within(t), seq); err != nil {
		t.Fatal(err)
	}
	if got := appendText(t, l, "room again"); got != seq+1 {
		t.Fatalf("numbers go on with %d", got)
	}
}

func TestServerAway(t *testing.T) {
	e := startExternal(t)
	l := open(t, e.options())
	appendText(t, l, "before")
	e.stop()
	if _, err := l.Append(within(t), []byte("away")); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Fatalf("append without a server: %v", err)
	}
	if err := l.Health(within(t)); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Fatalf("health without a server: %v", err)
	}
	if _, err := l.Last(within(t)); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Fatalf("last without a server: %v", err)
	}
	e.start(t)
	awaitHealth(t, l)
	appendText(t, l, "after")
}

// A server that lost its data must not look like a log with nothing new.
func TestReplacedLogIsAGap(t *testing.T) {
	e := startExternal(t)
	l := open(t, e.options())
	for range 3 {
		appendText(t, l, "x")
	}
	_, ended := follow(t, l, 4)
	e.stop()
	e.dir = t.TempDir()
	e.start(t)
	other := open(t, e.options())
	appendText(t, other, "y")
	if err := <-ended; !errors.Is(err, eventlog.ErrGap) {
		t.Fatalf("read ended with %v", err)
	}
}
