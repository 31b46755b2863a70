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

// hook posts what the Alertmanager's webhook does, and carries letters as well.
type hook struct {
	conf   *webhook.WebhookConfig
	tmpl   *template.Template
	logger *slog.Logger
	client *http.Client
}

// NewWebhook takes the place of the Alertmanager's webhook.New.
func NewWebhook(conf *webhook.WebhookConfig, tmpl *template.Template, logger *slog.Logger) (notify.Notifier, error) {
	client, err := notify.NewClientWithTracing(*conf.HTTPConfig, "webhook")
	if err != nil {
		return nil, err
	}
	return &hook{conf: conf, tmpl: tmpl, logger: logger, client: client}, nil
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
	m := webhook.Message{Version: "4"}
	if most := h.conf.MaxAlerts; most != 0 && uint64(len(alerts)) > most {
		m.TruncatedAlerts = uint64(len(alerts)) - most
		alerts = alerts[:most]
	}
	groupKey, err := notify.ExtractGroupKey(ctx)
	if err != nil {
		return false, err
	}
	m.GroupKey, m.Data = groupKey.String(), notify.GetTemplateData(ctx, h.tmpl, alerts, h.logger)
	body, err := h.body(&m)
	if err != nil {
		return false, err
	}
	return h.post(ctx, m.Data, body)
}

// body is the message, or what the configuration makes of it.
func (h *hook) body(m *webhook.Message) ([]byte, error) {
	var what any = m
	if h.conf.Payload != nil {
		payload, err := template.DeepCopyWithTemplate(h.conf.Payload, func(text string) (string, error) {
			return h.tmpl.ExecuteTextString(text, m.Data)
		})
		if err != nil {
			return nil, fmt.Errorf("execute the template of the webhook's payload: %w", err)
		}
		what = payload
	}
	body, err := json.Marshal(what)
	if err != nil {
		return nil, fmt.Errorf("write the webhook: %w", err)
	}
	return body, nil
}

// carry posts a letter as JSON.
func (h *hook) carry(ctx context.Context, l *Letter) (retry bool, err error) {
	stored, _ := notify.Now(ctx)
	body, err := json.Marshal(PostedOf(ctx, l, stored))
	if err != nil {
		return false, fmt.Errorf("write the webhook: %w", err)
	}
	return h.post(ctx, notify.GetTemplateData(ctx, h.tmpl, nil, h.logger), body)
}

func (h *hook) post(ctx context.Context, data *template.Data, body []byte) (retry bool, err error) {
	address, err := h.address(data)
	if err != nil {
		return false, err
	}
	if err := Current(ctx).Turn(ctx); err != nil {
		return true, err
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
	retry, err = new(notify.Retrier).Check(resp.StatusCode, resp.Body)
	if err != nil {
		err = notify.NewErrorWithReason(notify.GetFailureReasonFromStatusCode(resp.StatusCode), err)
	}
	return retry, err
}

// address is where the webhook is; it may be a template.
func (h *hook) address(data *template.Data) (string, error) {
	text := string(h.conf.URL)
	if text == "" {
		content, err := os.ReadFile(h.conf.URLFile)
		if err != nil {
			return "", fmt.Errorf("read url_file: %w", err)
		}
		text = strings.TrimSpace(string(content))
	}
	address, err := h.tmpl.ExecuteTextString(text, data)
	if err != nil {
		return "", fmt.Errorf("execute the template of the webhook's address: %w", err)
	}
	if address == "" {
		return "", errors.New("the webhook's address is empty once its template is executed")
	}
	return address, nil
}
