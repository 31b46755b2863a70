package outbox_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"testing"
	"time"

	amconfig "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/notify/webhook"
	"github.com/prometheus/alertmanager/template"
	commoncfg "github.com/prometheus/common/config"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// hooks serves webhooks and gives what comes.
func hooks(t *testing.T) (address string, came chan []byte, tmpl *template.Template) {
	t.Helper()
	came = make(chan []byte, 10)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		came <- body
		if r.URL.Path == "/refuse" {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	t.Cleanup(web.Close)
	tmpl, err := template.FromGlobs(nil)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.ExternalURL = &url.URL{Scheme: "http", Host: "hms.example"}
	return web.URL, came, tmpl
}

// What is posted is what the Alertmanager's own webhook posts, and its answers
// mean the same.
func TestWebhookIsTheAlertmanagers(t *testing.T) {
	address, came, tmpl := hooks(t)
	all := firing("a", "critical")
	other := resolved(firing("b", "warning"))
	for name, conf := range map[string]webhook.WebhookConfig{
		"plain":    {URL: amconfig.SecretTemplateURL(address)},
		"few":      {URL: amconfig.SecretTemplateURL(address), MaxAlerts: 1},
		"template": {URL: amconfig.SecretTemplateURL(address + "/{{ .GroupLabels.alertname }}")},
		"payload": {URL: amconfig.SecretTemplateURL(address), Payload: map[string]any{
			"text": "{{ .Status }} <{{ len .Alerts }}>", "n": 1, "{{ .Receiver }}": []any{"{{ .GroupKey }}", true},
		}},
		"fault":  {URL: amconfig.SecretTemplateURL(address), Payload: map[string]any{"text": "{{ .No }}"}},
		"refuse": {URL: amconfig.SecretTemplateURL(address + "/refuse")},
		"down":   {URL: "http://127.0.0.1:1/"},
		"file":   {URLFile: "/nowhere"},
	} {
		conf.HTTPConfig = &commoncfg.HTTPClientConfig{}
		theirs, err := webhook.New(&conf, tmpl, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		ours, err := outbox.NewWebhook(&conf, tmpl, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		var bodies [2]any
		var failed, again [2]bool
		for i, n := range []notify.Notifier{theirs, ours} {
			retry, err := n.Notify(outbox.WithMessageID(first().context("group"), "id"), all, other)
			failed[i], again[i] = err != nil, retry
			select {
			case body := <-came:
				if err := json.Unmarshal(body, &bodies[i]); err != nil {
					t.Fatal(err)
				}
			default:
			}
		}
		if failed[0] != failed[1] || again[0] != again[1] || !reflect.DeepEqual(bodies[0], bodies[1]) {
			t.Errorf("%s: failed %v, again %v, posted\n%v\n%v", name, failed, again, bodies[0], bodies[1])
		}
	}
}

func TestNoWebhookLeavesBeforeItsTurn(t *testing.T) {
	address, came, tmpl := hooks(t)
	n, err := outbox.NewWebhook(&webhook.WebhookConfig{
		URL: amconfig.SecretTemplateURL(address), HTTPConfig: &commoncfg.HTTPClientConfig{},
	}, tmpl, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	turn := make(chan struct{})
	soon, cancel := context.WithTimeout(first().context("a"), 200*time.Millisecond)
	defer cancel()
	if _, err := n.Notify(outbox.WithTurn(soon, "id", turn), firing("a", "critical")); err == nil || len(came) > 0 {
		t.Fatalf("sent before its turn: %v", err)
	}
	close(turn)
	if _, err := n.Notify(outbox.WithTurn(first().context("a"), "id", turn), firing("a", "critical")); err != nil || len(came) != 1 {
		t.Fatalf("not sent when it had its turn: %v", err)
	}
}
