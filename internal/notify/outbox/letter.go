package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/common/model"
)

// Letter is what a message says that no alert led to, such as a report.
type Letter struct {
	// Key tells the letter from every other: posted again, it is stored once.
	Key string `json:"key"`
	// Name is whose letter it is, as that of a report.
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Text    string `json:"text,omitempty"`
	HTML    string `json:"html,omitempty"`
	// Data is what webhooks get.
	Data json.RawMessage `json:"data,omitempty"`
}

type letterKey struct{}

// LetterIn is the letter that a notifier is to send instead of alerts, nil where
// there is none. Letters come to those of the kinds that carries names.
func LetterIn(ctx context.Context) *Letter {
	l, _ := ctx.Value(letterKey{}).(*Letter)
	return l
}

func withLetter(ctx context.Context, l *Letter) context.Context {
	return context.WithValue(ctx, letterKey{}, l)
}

// ErrNoCarrier is for a receiver none of whose integrations carries letters.
var ErrNoCarrier = errors.New("the receiver has no integration that takes reports: it needs email_configs, webhook_configs or signed_webhooks")

// Post stores a letter for every integration of the receiver that carries
// letters, and gives the ids of the messages. They are on disk when it returns
// nil, and sent as everything else is. A part that is stored already is left.
func (o *Outbox) Post(ctx context.Context, receiver string, l Letter) (ids []string, err error) {
	for _, target := range o.targets(receiver) {
		if !target.carries() {
			continue
		}
		m := &Message{
			ID: digest("letter", l.Key, target.String()), Target: target, GroupKey: "report/" + l.Name,
			Reason: notify.ReasonFirstNotification, Letter: &l, Origin: &Origin{Kind: OriginReport, Of: l.Name},
		}
		ids = append(ids, m.ID)
		if o.find(m.ID) != nil {
			continue
		}
		m.complete()
		if _, err := o.add(ctx, m); err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%q: %w", receiver, ErrNoCarrier)
	}
	slices.Sort(ids)
	return ids, nil
}

// carries tells whether an integration sends letters.
func (t Target) carries() bool {
	return slices.Contains([]string{"email", "webhook", "signed_webhook"}, t.Integration)
}

// carry sends a letter as a mail of the same headers and server as alerts have.
func (m *mail) carry(ctx context.Context, l *Letter) (bool, error) {
	as := *m
	as.conf.Headers = map[string]string{}
	for name, text := range m.conf.Headers {
		if !strings.EqualFold(name, "Subject") {
			as.conf.Headers[name] = text
		}
	}
	// Templates that give the texts themselves: nothing in them is executed.
	as.conf.Headers["Subject"] = `{{ .CommonAnnotations.subject }}`
	as.conf.Text, as.conf.HTML = `{{ .CommonAnnotations.text }}`, ""
	if l.HTML != "" {
		as.conf.HTML = `{{ .CommonAnnotations.html | safeHtml }}`
	}
	return as.Notify(withLetter(ctx, nil), &alert.Alert{Alert: model.Alert{
		Labels:   model.LabelSet{"alertname": model.LabelValue(l.Name)},
		StartsAt: time.UnixMilli(0),
		Annotations: model.LabelSet{
			"subject": model.LabelValue(l.Subject), "text": model.LabelValue(l.Text), "html": model.LabelValue(l.HTML),
		},
	}})
}
