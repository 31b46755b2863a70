package delivery

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/hms-ops/hms-monitor/internal/eventlog"
	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
	"github.com/hms-ops/hms-monitor/internal/notify/secret"
	"github.com/hms-ops/hms-monitor/internal/notify/signedhook"
)

const (
	childDir = "DELIVERY_TEST_DIR"
	childURL = "DELIVERY_TEST_URL"
	childRun = "DELIVERY_TEST_FIRST"
	key      = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, sendForever(dir, os.Getenv(childURL), os.Getenv(childRun)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// open is the outbox as the program has it, with one signed webhook.
func open(ctx context.Context, dir, address string) (*eventlog.Log, *outbox.Outbox, notify.Notifier, error) {
	log, err := eventlog.Open(ctx, eventlog.Options{Dir: dir, MinFree: 1})
	if err != nil {
		return nil, nil, nil, err
	}
	bucket, err := log.Bucket(ctx, "outbox")
	if err != nil {
		return log, nil, nil, err
	}
	tmpl, err := template.FromGlobs(nil)
	if err != nil {
		return log, nil, nil, err
	}
	tmpl.ExternalURL = &url.URL{Scheme: "http", Host: "hms.example"}
	hook, err := signedhook.New(signedhook.Config{URL: secret.Text(address), Secret: []secret.Text{key}}, signedhook.Options{Template: tmpl})
	if err != nil {
		return log, nil, nil, err
	}
	box, err := outbox.New(ctx, outbox.Options{Bucket: bucket})
	if err != nil {
		return log, nil, nil, err
	}
	return log, box, box.Wrap("oncall", "signed_webhook", 0, hook), nil
}

// sendForever prints each number once its message is stored. With first below
// zero it stores nothing and only sends what it finds.
func sendForever(dir, address, first string) error {
	ctx := context.Background()
	_, box, n, err := open(ctx, dir, address)
	if err != nil {
		return err
	}
	go box.Run(ctx)
	next, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	for ; next >= 0; next++ {
		if err := store(n, next); err != nil {
			return err
		}
		fmt.Println(next)
	}
	for {
		if len(box.Messages(outbox.Filter{State: outbox.Pending, Limit: 1})) == 0 {
			fmt.Println("all sent")
			select {}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func store(n notify.Notifier, number int) error {
	name := strconv.Itoa(number)
	ctx := notify.WithGroupKey(context.Background(), name)
	ctx = notify.WithReceiverName(ctx, "oncall")
	ctx = notify.WithGroupLabels(ctx, model.LabelSet{"alertname": model.LabelValue(name)})
	ctx = notify.WithNotificationReason(ctx, notify.ReasonFirstNotification)
	ctx = notify.WithNflogStore(ctx, nflog.NewStore(nil))
	_, err := n.Notify(ctx, &alert.Alert{Alert: model.Alert{
		Labels:   model.LabelSet{"alertname": model.LabelValue(name), "severity": "critical"},
		StartsAt: time.Unix(int64(number), 0),
	}})
	return err
}

// receiver verifies what it gets and counts it by group and id.
type receiver struct {
	*httptest.Server
	t   *testing.T
	mu  sync.Mutex
	got map[string]map[string]int
}

func (r *receiver) ServeHTTP(_ http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // killed while it was sending
	}
	hook, err := webhooks.NewWebhook(key)
	if err == nil {
		err = hook.Verify(body, req.Header)
	}
	var m signedhook.Message
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil {
		r.t.Errorf("received: %v", err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.got[m.GroupKey] == nil {
		r.got[m.GroupKey] = map[string]int{}
	}
	r.got[m.GroupKey][m.ID]++
}

func TestKilledSenderLosesNothing(t *testing.T) {
	r := &receiver{t: t, got: map[string]map[string]int{}}
	r.Server = httptest.NewServer(r)
	defer r.Close()
	dir, next := t.TempDir(), 0
	for range 6 {
		// The number that may or may not have been stored is stored again, as
		// after a crash: it must be the same message.
		stored := killed(t, dir, r.URL, next, 20+rand.IntN(100))
		next = stored + 1
	}
	drained(t, dir, r.URL)
	r.mu.Lock()
	defer r.mu.Unlock()
	twice := 0
	for number := range next {
		ids := r.got[strconv.Itoa(number)]
		if len(ids) != 1 {
			t.Fatalf("message %d came under %d ids: %v", number, len(ids), ids)
		}
		for _, n := range ids {
			twice += n - 1
		}
	}
	t.Logf("%d messages over 6 kills, %d of them twice under the same id", next, twice)
	if twice > 6 {
		t.Errorf("%d came twice, at most one a kill may", twice)
	}
}

func child(t *testing.T, dir, address string, first int) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childDir+"="+dir, childURL+"="+address, childRun+"="+strconv.Itoa(first))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(time.Minute, func() { c.Process.Kill() })
	t.Cleanup(func() { watchdog.Stop(); c.Process.Kill(); c.Wait() })
	return c, bufio.NewReader(out)
}

// killed runs a sender, kills it after so many messages, and gives the last
// number that it said was stored.
func killed(t *testing.T, dir, address string, first, after int) int {
	t.Helper()
	c, lines := child(t, dir, address, first)
	last := first - 1
	for said := 0; ; said++ {
		if said == after {
			c.Process.Kill()
		}
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		if last, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
			t.Fatal(err)
		}
	}
	c.Wait()
	if last < first+after-1 {
		t.Fatalf("the sender ended by itself after %d", last)
	}
	return last
}

func drained(t *testing.T, dir, address string) {
	t.Helper()
	c, lines := child(t, dir, address, -1)
	if line, err := lines.ReadString('\n'); err != nil || line != "all sent\n" {
		t.Fatalf("not all is sent: %q, %v", line, err)
	}
	c.Process.Kill()
	c.Wait()
}

// BenchmarkStoreToReceiver is the way of one message through the disk to the
// receiver's handler.
func BenchmarkStoreToReceiver(b *testing.B) {
	came := make(chan time.Time, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came <- time.Now() }))
	defer srv.Close()
	ctx, cancel := context.WithCancel(b.Context())
	log, box, n, err := open(ctx, b.TempDir(), srv.URL)
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { box.Run(ctx); close(ended) }()
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		if err := store(n, i); err != nil {
			b.Fatal(err)
		}
		took = append(took, (<-came).Sub(began))
	}
	cancel()
	<-ended
	log.Close()
	report(b, took)
}
