package outbox

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/notify/email"
	"github.com/prometheus/alertmanager/template"
)

// mail is the Alertmanager's e-mail notifier with a Message-Id that follows
// from the message: a mail sent twice around a crash is one mail to every mail
// system that knows the id.
type mail struct {
	conf   config.EmailConfig
	tmpl   *template.Template
	logger *slog.Logger
	host   string
}

// NewEmail takes the place of the Alertmanager's email.New.
func NewEmail(conf *config.EmailConfig, tmpl *template.Template, logger *slog.Logger) notify.Notifier {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost.localdomain"
	}
	return &mail{conf: *conf, tmpl: tmpl, logger: logger, host: cmp.Or(host, "localhost.localdomain")}
}

// Notify sends one mail. A configuration that sets the header itself keeps it.
func (m *mail) Notify(ctx context.Context, alerts ...*alert.Alert) (bool, error) {
	if l := LetterIn(ctx); l != nil {
		return m.carry(ctx, l)
	}
	conf := m.conf
	conf.Headers = maps.Clone(m.conf.Headers)
	if conf.Headers == nil {
		conf.Headers = map[string]string{}
	}
	if id := MessageID(ctx); id != "" && conf.Headers["Message-Id"] == "" {
		conf.Headers["Message-Id"] = fmt.Sprintf("<%s@%s>", id, m.host)
	}
	return email.New(&conf, m.tmpl, m.logger).Notify(ctx, alerts...)
}
