// Package signedhook posts notifications as signed webhooks, after the
// Standard Webhooks specification: a receiver can tell that a message is ours,
// that nobody changed it, and, by its id, whether it has come before.
//
// It must not know when a message is tried again; that is the outbox's. The
// app builds it from the configuration.
package signedhook

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

const (
	defaultTimeout = 20 * time.Second
	maxAnswer      = 4 << 10
)

// Options are what New needs beside the configuration.
type Options struct {
	Template *template.Template
	Client   *http.Client // nil: one of its own
	Logger   *slog.Logger
	Now      func() time.Time // nil: time.Now
}

// Notifier posts signed webhooks.
type Notifier struct {
	conf   Config
	opts   Options
	client *http.Client
}

// New checks the configuration and reads the files that it names once.
func New(c Config, o Options) (*Notifier, error) {
	if err := c.Validate().Err(); err != nil {
		return nil, err
	}
	if o.Template == nil {
		return nil, errors.New("signedhook: Options.Template is missing")
	}
	if _, err := c.address(); err != nil {
		return nil, err
	}
	if _, err := c.keys(); err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	client := http.Client{}
	if o.Client != nil {
		client = *o.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Notifier{conf: c, opts: o, client: &client}, nil
}

// Message is the body: what the Alertmanager's own webhook posts, and what a
// receiver needs to follow an alert to what raised it.
type Message struct {
	// ID is that of the message: a receiver that has seen it may leave it out.
	ID string `json:"id"`
	// Type is "alert.firing" or "alert.resolved".
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`

	*template.Data
	Version         string `json:"version"`
	GroupKey        string `json:"groupKey"`
	TruncatedAlerts int    `json:"truncatedAlerts"`

	// References has one entry for each of the alerts, in their order.
	References []Reference `json:"references"`
}

// Reference leads from an alert to its record.
type Reference struct {
	Fingerprint string `json:"fingerprint"`
	// AlertID is "" where another system raised the alert.
	AlertID  string `json:"alertId,omitempty"`
	Evidence string `json:"evidence,omitempty"`
}

// Notify posts one message.
func (n *Notifier) Notify(ctx context.Context, alerts ...*alert.Alert) (retry bool, err error) {
	if l := outbox.LetterIn(ctx); l != nil {
		return n.carry(ctx, l)
	}
	now := n.opts.Now()
	m, err := n.message(ctx, alerts, now)
	if err != nil {
		return false, err
	}
	return n.send(ctx, m.ID, m, now)
}

// carry posts a report.
func (n *Notifier) carry(ctx context.Context, l *outbox.Letter) (retry bool, err error) {
	now := n.opts.Now()
	p := outbox.PostedOf(ctx, l, now)
	return n.send(ctx, p.ID, p, now)
}

// send signs a body and posts it.
func (n *Notifier) send(ctx context.Context, id string, what any, now time.Time) (retry bool, err error) {
	address, err := n.conf.address()
	if err != nil {
		return true, err
	}
	keys, err := n.conf.keys()
	if err != nil {
		return true, err
	}
	body, err := json.Marshal(what)
	if err != nil {
		return false, fmt.Errorf("write the webhook: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(n.conf.Timeout, defaultTimeout))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return false, notify.RedactURL(err)
	}
	signature, err := sign(keys, id, now, body)
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(webhooks.HeaderWebhookID, id)
	req.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(webhooks.HeaderWebhookSignature, signature)
	return n.post(ctx, req)
}

func (n *Notifier) post(ctx context.Context, req *http.Request) (retry bool, err error) {
	if err := outbox.Current(ctx).Turn(ctx); err != nil {
		return true, err
	}
	resp, err := n.client.Do(req)
	if err != nil {
		return true, notify.RedactURL(err)
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) //nolint:errcheck // the status decides
	outbox.Current(ctx).Answered(resp.Status)
	switch code := resp.StatusCode; {
	case code/100 == 2:
		return false, nil
	case code/100 == 3:
		return false, fmt.Errorf("unexpected status code %d: redirects are not followed, give the address that it leads to", code)
	default:
		retry = code/100 == 5 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout
		err = fmt.Errorf("unexpected status code %d: %s", code, outbox.Redact(string(said)))
		return retry, notify.NewErrorWithReason(notify.GetFailureReasonFromStatusCode(code), err)
	}
}

// sign signs with each secret: a receiver that knows one of them is content.
func sign(keys []string, id string, now time.Time, body []byte) (string, error) {
	signatures := make([]string, len(keys))
	for i, key := range keys {
		w, err := webhooks.NewWebhook(key)
		if err == nil {
			signatures[i], err = w.Sign(id, now, body)
		}
		if err != nil {
			return "", errors.New("the webhook cannot be signed: a secret is no base64")
		}
	}
	return strings.Join(signatures, " "), nil
}

func (n *Notifier) message(ctx context.Context, alerts []*alert.Alert, now time.Time) (*Message, error) {
	groupKey, err := notify.ExtractGroupKey(ctx)
	if err != nil {
		return nil, err
	}
	m := &Message{
		ID: outbox.MessageID(ctx), Type: "alert.resolved", Timestamp: now.UTC(),
		Version: "4", GroupKey: groupKey.String(), References: []Reference{},
	}
	if m.ID == "" {
		return nil, errors.New("a signed webhook needs the id that the outbox gives")
	}
	if most := n.conf.MaxAlerts; most > 0 && len(alerts) > most {
		m.TruncatedAlerts = len(alerts) - most
		alerts = alerts[:most]
	}
	m.Data = notify.GetTemplateData(ctx, n.opts.Template, alerts, n.opts.Logger)
	for _, a := range m.Alerts {
		if a.Status == "firing" {
			m.Type = "alert.firing"
		}
		ref := Reference{Fingerprint: a.Fingerprint, AlertID: a.Annotations["alert_id"]}
		if ref.AlertID != "" {
			ref.Evidence = a.GeneratorURL
		}
		m.References = append(m.References, ref)
	}
	return m, nil
}
