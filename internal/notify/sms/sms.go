// Package sms sends notifications as text messages through the HTTP API that
// Twilio has and others offer as well, and takes the delivery receipts.
//
// It must not know when a message is tried again: that is the outbox's, to
// which it tells the number that a part of a message went to. The app builds
// it from the configuration and mounts Receipts.
package sms

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
	"github.com/hms-ops/hms-monitor/internal/notify/secret"
)

const (
	defaultTimeout = 20 * time.Second
	maxAnswer      = 64 << 10
)

// Options are what New needs beside the configuration.
type Options struct {
	Template *template.Template
	// ReceiptsURL is where Receipts can be reached from the provider; "" asks
	// for no receipts.
	ReceiptsURL string
	// Zone is the one that texts tell times in; nil: the local one.
	Zone   *time.Location
	Client *http.Client // nil: one of its own
	Logger *slog.Logger
}

// Notifier sends text messages.
type Notifier struct {
	conf   Config
	opts   Options
	client *http.Client
}

// New checks the configuration and reads the token once.
func New(c Config, o Options) (*Notifier, error) {
	if err := c.Validate().Err(); err != nil {
		return nil, err
	}
	if o.Template == nil {
		return nil, errors.New("sms: Options.Template is missing")
	}
	if _, err := secret.Read(c.AuthToken, c.AuthTokenFile); err != nil {
		return nil, err
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	client := http.Client{}
	if o.Client != nil {
		client = *o.Client
	}
	// A redirect would carry the credentials elsewhere.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Notifier{conf: c, opts: o, client: &client}, nil
}

// Notify sends the text to every number that has not got it yet. It counts as
// sent once some have it and the provider refused the others for good.
func (n *Notifier) Notify(ctx context.Context, alerts ...*alert.Alert) (retry bool, err error) {
	text, err := n.text(ctx, alerts)
	if err != nil {
		return false, err
	}
	token, err := secret.Read(n.conf.AuthToken, n.conf.AuthTokenFile)
	if err != nil {
		return true, err
	}
	sending := outbox.Current(ctx)
	var failed, answers []string
	done := 0
	for _, to := range n.conf.To {
		part := partOf(to)
		if sending.IsPartDone(part) {
			done++
			continue
		}
		a := n.post(ctx, to, part, text, token)
		line := outbox.MaskNumber(to) + ": " + a.text
		switch {
		case a.err == nil:
			done++
			sending.PartDone(part, a.ref)
		case a.retry:
			retry = true
		}
		if a.err != nil {
			failed = append(failed, line)
		}
		answers = append(answers, line)
	}
	sending.Answered(strings.Join(answers, "; "))
	if len(failed) == 0 || done > 0 && !retry {
		return false, nil
	}
	return retry, fmt.Errorf("text message not sent to %d of %d numbers: %s", len(failed), len(n.conf.To), strings.Join(failed, "; "))
}

// partOf tells a number without showing it.
func partOf(number string) string {
	sum := sha256.Sum256([]byte(number))
	return hex.EncodeToString(sum[:6])
}

func (n *Notifier) text(ctx context.Context, alerts []*alert.Alert) (string, error) {
	data := notify.GetTemplateData(ctx, n.opts.Template, alerts, n.opts.Logger)
	if n.conf.Text == "" {
		return limit(sentence(data, n.opts.Zone), n.conf.segments()), nil
	}
	text, err := n.opts.Template.ExecuteTextString(n.conf.Text, data)
	if err != nil {
		return "", fmt.Errorf("the template of the text message: %w", err)
	}
	if text = limit(text, n.conf.segments()); text == "" {
		return "", errors.New("the template of the text message gives an empty text")
	}
	return text, nil
}

// answer is what came of one number.
type answer struct {
	ref, text string
	retry     bool
	err       error
}

func (n *Notifier) post(ctx context.Context, to, part, text, token string) answer {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(n.conf.Timeout, defaultTimeout))
	defer cancel()
	form := url.Values{"To": {to}, "Body": {text}}
	if n.conf.From != "" {
		form.Set("From", n.conf.From)
	} else {
		form.Set("MessagingServiceSid", n.conf.MessagingServiceSID)
	}
	id := outbox.MessageID(ctx)
	if n.opts.ReceiptsURL != "" && id != "" {
		form.Set("StatusCallback", callback(n.opts.ReceiptsURL, id))
	}
	address := strings.TrimRight(n.conf.base(), "/") + "/2010-04-01/Accounts/" + n.conf.AccountSID + "/Messages.json"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{text: "cannot be asked", err: err}
	}
	req.SetBasicAuth(cmp.Or(n.conf.APIKey, n.conf.AccountSID), token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if id != "" { // for providers that know it
		req.Header.Set("Idempotency-Key", id+"-"+part)
	}
	if err := outbox.Current(ctx).Turn(ctx); err != nil {
		return answer{text: "not asked", retry: true, err: err}
	}
	resp, err := n.client.Do(req)
	if err != nil {
		err = notify.RedactURL(err)
		return answer{text: outbox.Redact(err.Error()), retry: true, err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil && resp.StatusCode/100 != 2 {
		return answer{text: resp.Status, retry: true, err: err}
	}
	return read(resp.StatusCode, body)
}

// read makes sense of the provider's answer.
func read(status int, body []byte) answer {
	var said struct {
		SID     string `json:"sid"`
		Status  string `json:"status"`
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(body, &said) // the status code decides
	line := fmt.Sprintf("%d %s", status, http.StatusText(status))
	if status/100 == 2 {
		if sid.MatchString(said.SID) {
			line += " " + said.SID
		}
		return answer{ref: said.SID, text: strings.TrimSpace(line + " " + outbox.Redact(said.Status))}
	}
	if said.Code != 0 {
		line += fmt.Sprintf(" (error %d: %s)", said.Code, outbox.Redact(said.Message))
	}
	retry := status/100 == 5 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
	return answer{text: line, retry: retry, err: errors.New(line)}
}
