package signedhook

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
	"github.com/hms-ops/hms-monitor/internal/notify/secret"
)

const (
	secretA = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	secretB = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
)

func templates(t *testing.T) *template.Template {
	t.Helper()
	tmpl, err := template.FromGlobs(nil)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.ExternalURL = &url.URL{Scheme: "http", Host: "hms.example"}
	return tmpl
}

func sending(id string) context.Context {
	ctx := notify.WithGroupKey(context.Background(), "group")
	ctx = notify.WithReceiverName(ctx, "oncall")
	ctx = notify.WithGroupLabels(ctx, model.LabelSet{"alertname": "a"})
	ctx = notify.WithNotificationReason(ctx, notify.ReasonFirstNotification)
	return outbox.WithMessageID(ctx, id)
}

func critical() *alert.Alert {
	return &alert.Alert{Alert: model.Alert{
		Labels:      model.LabelSet{"alertname": "a", "severity": "critical"},
		Annotations: model.LabelSet{"alert_id": "12.1"}, GeneratorURL: "http://hms.example/alerts/12.1", StartsAt: time.Now(),
	}}
}

func TestReceiverVerifiesWithTheSpecificationsLibrary(t *testing.T) {
	var got []byte
	var header http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		header = r.Header
	}))
	defer srv.Close()
	n, err := New(Config{URL: secret.Text(srv.URL + "/hook?token=x"), Secret: []secret.Text{secretA, secretB}}, Options{Template: templates(t)})
	if err != nil {
		t.Fatal(err)
	}
	if retry, err := n.Notify(sending("id1"), critical()); err != nil || retry {
		t.Fatal(retry, err)
	}
	for _, s := range []string{secretA, secretB} {
		w, _ := webhooks.NewWebhook(s)
		if err := w.Verify(got, header); err != nil {
			t.Errorf("verify: %v", err)
		}
		if err := w.Verify(append(got, ' '), header); err == nil {
			t.Error("a changed body is taken")
		}
	}
	var m Message
	if err := json.Unmarshal(got, &m); err != nil {
		t.Fatal(err)
	}
	if m.ID != "id1" || header.Get("webhook-id") != "id1" || m.Type != "alert.firing" || m.Version != "4" || m.GroupKey != "group" ||
		len(m.Alerts) != 1 || m.ExternalURL != "http://hms.example" ||
		len(m.References) != 1 || m.References[0].AlertID != "12.1" || m.References[0].Evidence != "http://hms.example/alerts/12.1" {
		t.Errorf("%s", got)
	}
}

func TestNothingLeavesBeforeItsTurn(t *testing.T) {
	var got atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) }))
	defer srv.Close()
	n, err := New(Config{URL: secret.Text(srv.URL), Secret: []secret.Text{secretA}}, Options{Template: templates(t)})
	if err != nil {
		t.Fatal(err)
	}
	turn := make(chan struct{})
	soon, cancel := context.WithTimeout(sending("id1"), 200*time.Millisecond)
	defer cancel()
	if _, err := n.Notify(outbox.WithTurn(soon, "id1", turn), critical()); err == nil || got.Load() > 0 {
		t.Fatalf("sent before its turn: %v", err)
	}
	close(turn)
	if _, err := n.Notify(outbox.WithTurn(sending("id1"), "id1", turn), critical()); err != nil || got.Load() != 1 {
		t.Fatalf("not sent when it had its turn: %v", err)
	}
}

func TestWhatIsTriedAgain(t *testing.T) {
	status := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "http://elsewhere.example")
		w.WriteHeader(status)
		io.WriteString(w, "token=hunter2")
	}))
	n, err := New(Config{URL: secret.Text(srv.URL + "/secret-path"), Secret: []secret.Text{secretA}}, Options{Template: templates(t)})
	if err != nil {
		t.Fatal(err)
	}
	for code, again := range map[int]bool{301: false, 400: false, 401: false, 404: false, 410: false, 408: true, 429: true, 500: true, 503: true} {
		status = code
		retry, err := n.Notify(sending("id"), critical())
		if err == nil || retry != again || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%d: %t, %v", code, retry, err)
		}
	}
	srv.Close()
	retry, err := n.Notify(sending("id"), critical())
	if err == nil || !retry || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("a server that is down: %t, %v", retry, err)
	}
	if retry, err := n.Notify(sending(""), critical()); err == nil || retry {
		t.Errorf("without an id: %t, %v", retry, err)
	}
}

func TestConfig(t *testing.T) {
	good := func() Config {
		return Config{URL: "https://example.com/h", Secret: []secret.Text{secretA}}
	}
	for want, change := range map[string]func(*Config){
		"":                               func(*Config) {},
		"url: give either":               func(c *Config) { c.URL = "" },
		"url: must look":                 func(c *Config) { c.URL = "ftp://x" },
		"secrets: give secrets":          func(c *Config) { c.Secret = nil },
		"secret_file: give either":       func(c *Config) { c.SecretFile = "x" },
		"secrets.1: is no secret":        func(c *Config) { c.Secret = append(c.Secret, "short") },
		"secrets: has 6":                 func(c *Config) { c.Secret = []secret.Text{secretA, secretA, secretA, secretA, secretA, secretA} },
		"max_alerts: must not":           func(c *Config) { c.MaxAlerts = -1 },
		"timeout: is 1ns, must be betwe": func(c *Config) { c.Timeout = 1 },
	} {
		c := good()
		change(&c)
		err := c.Validate().Err()
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
		if shown := fmt.Sprintf("%v %+v", c, c); strings.Contains(shown, secretA) || strings.Contains(shown, "example.com") {
			t.Errorf("a secret is printed: %s", shown)
		}
	}
}

func TestFilesAreReadAnewAndRelativeToTheFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("url", "https://example.com/h\n")
	write("secret", secretA+"\n")
	c := Config{URLFile: "url", SecretFile: "secret"}
	c.Resolve(dir)
	if _, err := New(c, Options{Template: templates(t)}); err != nil {
		t.Fatal(err)
	}
	write("secret", secretA+"\n\n"+secretB)
	if keys, err := c.keys(); err != nil || len(keys) != 2 {
		t.Fatal(keys, err)
	}
	write("secret", "nonsense")
	if _, err := New(c, Options{Template: templates(t)}); err == nil || strings.Contains(err.Error(), "nonsense") {
		t.Fatal(err)
	}
}

func TestReportsAreSignedAsWell(t *testing.T) {
	var got []byte
	var header http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		header = r.Header
	}))
	defer srv.Close()
	n, err := New(Config{URL: secret.Text(srv.URL), Secret: []secret.Text{secretA}}, Options{Template: templates(t)})
	if err != nil {
		t.Fatal(err)
	}
	if retry, err := n.carry(sending("id2"), &outbox.Letter{Name: "shift", Subject: "Summary", Data: json.RawMessage(`{"from":1}`)}); err != nil || retry {
		t.Fatal(retry, err)
	}
	w, _ := webhooks.NewWebhook(secretA)
	if err := w.Verify(got, header); err != nil {
		t.Errorf("verify: %v", err)
	}
	var p outbox.Posted
	if err := json.Unmarshal(got, &p); err != nil || p.ID != "id2" || p.Type != "report" || p.Name != "shift" || string(p.Report) != `{"from":1}` {
		t.Errorf("%s: %v", got, err)
	}
}
