package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/notify/webhook"
	"github.com/prometheus/alertmanager/template"
)

// hook is the Alertmanager's webhook, which carries letters as well.
type hook struct {
	*webhook.Notifier
	conf   *webhook.WebhookConfig
	tmpl   *template.Template
	logger *slog.Logger
	client *http.Client
}

// NewWebhook takes the place of the Alertmanager's webhook.New.
func NewWebhook(conf *webhook.WebhookConfig, tmpl *template.Template, logger *slog.Logger) (notify.Notifier, error) {
	inner, err := webhook.New(conf, tmpl, logger)
	if err != nil {
		return nil, err
	}
	client, err := notify.NewClientWithTracing(*conf.HTTPConfig, "webhook")
	if err != nil {
		return nil, err
	}
	return &hook{Notifier: inner, conf: conf, tmpl: tmpl, logger: logger, client: client}, nil
}

// Posted is a letter as webhooks get it.
type Posted struct {
	// ID is that of the message: a receiver that has seen it may leave it out.
	ID string `json:"id"`
	// Type is "report".
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Name      string          `json:"name"`
	Subject   string          `json:"subject"`
	Report    json.RawMessage `json:"report,omitempty"`
}

// PostedOf is the body of a webhook; the context is that of a message.
func PostedOf(ctx context.Context, l *Letter, now time.Time) Posted {
	return Posted{ID: MessageID(ctx), Type: OriginReport, Timestamp: now.UTC(), Name: l.Name, Subject: l.Subject, Report: l.Data}
}

// Notify posts alerts or a letter.
func (h *hook) Notify(ctx context.Context, alerts ...*alert.Alert) (retry bool, err error) {
	if l := LetterIn(ctx); l != nil {
		return h.carry(ctx, l)
	}
	return h.Notifier.Notify(ctx, alerts...)
}

// carry posts a letter as JSON.
func (h *hook) carry(ctx context.Context, l *Letter) (retry bool, err error) {
	stored, _ := notify.Now(ctx)
	body, err := json.Marshal(PostedOf(ctx, l, stored))
	if err != nil {
		return false, fmt.Errorf("write the webhook: %w", err)
	}
	address, err := h.address(ctx)
	if err != nil {
		return false, err
	}
	if h.conf.Timeout > 0 {
		timed, cancel := context.WithTimeoutCause(ctx, h.conf.Timeout, fmt.Errorf("no answer within the webhook's timeout of %s", h.conf.Timeout))
		defer cancel()
		ctx = timed
	}
	resp, err := notify.PostJSON(ctx, h.client, address, bytes.NewReader(body)) //nolint:bodyclose // Drain closes it
	if err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", err, context.Cause(ctx))
		}
		return true, notify.RedactURL(err)
	}
	defer notify.Drain(resp)
	Current(ctx).Answered(resp.Status)
	return new(notify.Retrier).Check(resp.StatusCode, resp.Body)
}

// address is where the webhook is; it may be a template of the receiver's name.
func (h *hook) address(ctx context.Context) (string, error) {
	text := string(h.conf.URL)
	if text == "" {
		content, err := os.ReadFile(h.conf.URLFile)
		if err != nil {
			return "", fmt.Errorf("read url_file: %w", err)
		}
		text = strings.TrimSpace(string(content))
	}
	address, err := h.tmpl.ExecuteTextString(text, notify.GetTemplateData(ctx, h.tmpl, nil, h.logger))
	if err != nil {
		return "", fmt.Errorf("execute the template of the webhook's address: %w", err)
	}
	if address == "" {
		return "", errors.New("the webhook's address is empty once its template is executed")
	}
	return address, nil
}
