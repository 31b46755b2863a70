package outbox

import (
	"cmp"
	"context"
	"fmt"
	htmltemplate "html/template"
	"log/slog"
	"maps"
	"os"
	"sync"
	"sync/atomic"
	texttemplate "text/template"

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
	asks   bool // for its turn, as its templates have the function
}

// The Alertmanager's notifier connects, greets and logs in before it executes
// the template of the sender, and says nothing of the message before it has
// that. So that template asks for the turn. Functions of templates know no
// context, so a number tells the mail.
var (
	mails   atomic.Int64
	sending sync.Map // number to func() error
)

const turnFunction = "outbox_turn"

// TemplateFunctions are what the templates given to NewEmail must know for mails
// to be made ready while they are written to disk.
func TemplateFunctions(text *texttemplate.Template, _ *htmltemplate.Template) {
	text.Funcs(texttemplate.FuncMap{turnFunction: func(number int64) (string, error) {
		if ask, ok := sending.Load(number); ok {
			return "", ask.(func() error)()
		}
		return "", nil
	}})
}

// NewEmail takes the place of the Alertmanager's email.New.
func NewEmail(conf *config.EmailConfig, tmpl *template.Template, logger *slog.Logger) notify.Notifier {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost.localdomain"
	}
	_, err = tmpl.ExecuteTextString("{{ "+turnFunction+" 0 }}", nil)
	return &mail{conf: *conf, tmpl: tmpl, logger: logger, host: cmp.Or(host, "localhost.localdomain"), asks: err == nil}
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
	if s := Current(ctx); s != nil && m.asks {
		number := mails.Add(1)
		sending.Store(number, func() error { return s.Turn(ctx) })
		defer sending.Delete(number)
		if _, set := conf.Headers["From"]; !set {
			conf.Headers["From"] = conf.From
		}
		conf.From = fmt.Sprintf("{{ %s %d }}%s", turnFunction, number, conf.From)
	}
	return email.New(&conf, m.tmpl, m.logger).Notify(ctx, alerts...)
}
