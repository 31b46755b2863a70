package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// link is a connection to a server and the stream there. An external server's
// link lives as long as the Log and reconnects by itself; an embedded server
// gets a new one each time it is started.
type link struct {
	conn    *nats.Conn
	js      jetstream.JetStream
	stream  jetstream.Stream
	server  *server.Server // nil where external
	subject string
	replies replies

	mu     sync.Mutex
	period context.Context // from one (re)connect to the next disconnect
	lost   context.CancelFunc
	asked  *question
	hangs  time.Duration
}

// dial connects to an external server.
func dial(ctx context.Context, o Options) (*link, error) {
	k, err := connect(ctx, o, o.URL)
	if errors.Is(err, nats.ErrNoServers) || errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("%w: no NATS server answers at log.url; start it or correct the address: %w", ErrUnavailable, err)
	}
	return k, err
}

// connect makes a link with the stream in place.
func connect(ctx context.Context, o Options, url string, with ...nats.Option) (*link, error) {
	k := &link{subject: o.subject(), hangs: o.hangs}
	k.period, k.lost = context.WithCancel(context.Background())
	with = append(with,
		nats.Name("hms-monitor"), nats.NoEcho(),
		nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond), nats.ReconnectJitter(0, 100*time.Millisecond),
		nats.ReconnectBufSize(-1), // what cannot be sent now is an error now
		nats.DisconnectErrHandler(func(*nats.Conn, error) { k.disconnected() }),
		nats.ReconnectHandler(func(*nats.Conn) { k.reconnected() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			o.Logger.Debug("event log connection", "error", err)
		}))
	conn, err := nats.Connect(url, with...)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	k.conn = conn
	if err := k.setUp(ctx, o); err != nil {
		k.abandon()
		return nil, err
	}
	return k, nil
}

func (k *link) setUp(ctx context.Context, o Options) (err error) {
	if k.js, err = jetstream.New(k.conn); err != nil {
		return fmt.Errorf("use JetStream: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, ackWait)
	defer cancel()
	if k.stream, err = ensureStream(ctx, k.js, o); err != nil {
		return err
	}
	return k.replies.listen(k.conn)
}

func (k *link) disconnected() {
	k.mu.Lock()
	k.lost()
	k.mu.Unlock()
	k.replies.fail(fmt.Errorf("%w: the connection broke; the outcome of the append is unknown", ErrUnavailable))
}

func (k *link) reconnected() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lost()
	k.period, k.lost = context.WithCancel(context.Background())
}

// connection is done when the connection that is in use now is lost.
func (k *link) connection() context.Context {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.period
}

func (k *link) maxPayload() int {
	return int(min(k.conn.MaxPayload(), maxRecord))
}

// call bounds one request to the server: no answer comes over a connection that
// broke after the question was sent.
func (k *link) call(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	stop := context.AfterFunc(k.connection(), cancel)
	return ctx, func() { stop(); cancel() }
}

func (k *link) state(ctx context.Context) (jetstream.StreamState, error) {
	ctx, cancel := k.call(ctx)
	defer cancel()
	info, err := k.stream.Info(ctx)
	if err != nil {
		return jetstream.StreamState{}, fmt.Errorf("%w: ask for the state of the stream: %w", ErrUnavailable, err)
	}
	return info.State, nil
}

// abandon ends everything that goes through k.
func (k *link) abandon() {
	k.conn.Close()
	k.disconnected()
}

// close is abandon and the end of the embedded server, or errHangs.
func (k *link) close() error {
	k.abandon()
	if k.server == nil {
		return nil
	}
	return stop(k.server, k.hangs)
}

func stop(srv *server.Server, hangs time.Duration) error {
	stopped := make(chan struct{})
	go func() {
		srv.Shutdown()
		srv.WaitForShutdown()
		close(stopped)
	}()
	late := time.NewTimer(hangs)
	defer late.Stop()
	select {
	case <-stopped:
		return nil
	case <-late.C:
		return errHangs
	}
}

// embed starts a server in this process and connects to it. The server calls
// hint whenever it reports an error.
func embed(ctx context.Context, o Options, hint func()) (*link, error) {
	srv, err := server.NewServer(&server.Options{
		ServerName: "hms-monitor",
		DontListen: true, NoSigs: true, // no port, and no os.Exit on a signal
		JetStream: true, StoreDir: o.Dir, SyncAlways: true, DisableJetStreamBanner: true,
		// The free space that is really there decides, not a share of it at start.
		JetStreamMaxStore: math.MaxInt64 / 4, JetStreamMaxMemory: 64 << 20,
		MaxPayload: maxRecord, MaxPending: 8 * maxRecord,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the embedded server: %w", err)
	}
	report := &report{logger: o.Logger, hint: hint}
	srv.SetLoggerV2(report, false, false, false)
	srv.Start()
	if !srv.ReadyForConnections(ackWait) || !srv.JetStreamEnabled() {
		return nil, errors.Join(fmt.Errorf("%w: the embedded server did not start: %s", ErrUnavailable, report.last()), stop(srv, o.hangs))
	}
	k, err := connect(ctx, o, "", nats.InProcessServer(srv))
	if err != nil {
		return nil, errors.Join(err, stop(srv, o.hangs))
	}
	k.server = srv
	return k, nil
}
