package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// postOffice is a real SMTP server. It takes each mail, and where told to, the
// connection breaks before it can say so.
type postOffice struct {
	mu     sync.Mutex
	breaks int
	mails  []*mail.Message
	came   chan struct{}
	// greeted and begun count conversations, and those that came to a mail.
	greeted, begun int
}

type postman struct {
	o *postOffice
}

func (o *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.greeted++
	return postman{o}, nil
}
func (postman) Reset()        {}
func (postman) Logout() error { return nil }
func (p postman) Mail(string, *smtp.MailOptions) error {
	p.o.mu.Lock()
	defer p.o.mu.Unlock()
	p.o.begun++
	return nil
}
func (postman) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == "nobody@example.org" {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}

func (p postman) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return err
	}
	p.o.mu.Lock()
	defer p.o.mu.Unlock()
	p.o.mails = append(p.o.mails, m)
	defer func() { p.o.came <- struct{}{} }()
	if p.o.breaks > 0 {
		p.o.breaks--
		return errors.New("the answer is lost") // a passing failure, 4xx
	}
	return nil
}

func serveMail(t *testing.T) (*postOffice, string) {
	t.Helper()
	o := &postOffice{came: make(chan struct{}, 10)}
	s := smtp.NewServer(o)
	s.Domain, s.AllowInsecureAuth = "localhost", true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return o, l.Addr().String()
}

func mailer(t *testing.T, address, to string) notify.Notifier {
	t.Helper()
	host, port, _ := net.SplitHostPort(address)
	tmpl, err := template.FromGlobs(nil, outbox.TemplateFunctions)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.ExternalURL = &url.URL{Scheme: "http", Host: "hms.example"}
	no := false
	return outbox.NewEmail(&config.EmailConfig{
		To: to, From: "hms@example.org", Smarthost: config.HostPort{Host: host, Port: port},
		RequireTLS: &no, Headers: map[string]string{}, Text: `{{ template "email.default.subject" . }}`,
	}, tmpl, slog.New(slog.DiscardHandler))
}

func TestMailSentTwiceHasOneMessageID(t *testing.T) {
	post, address := serveMail(t)
	post.breaks = 1
	var n notify.Notifier
	o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) {
		n = b.Wrap("oncall", "email", 0, mailer(t, address, "ada@example.org"))
	})
	send(t, n, "a", firing("a", "critical"))
	for range 2 {
		select {
		case <-post.came:
		case <-time.After(20 * time.Second):
			t.Fatal("no mail came")
		}
	}
	o.end()
	d := one(t, o.box, outbox.Filter{})
	first, second := post.mails[0].Header.Get("Message-Id"), post.mails[1].Header.Get("Message-Id")
	if first != second || !bytes.Contains([]byte(first), []byte(d.ID)) {
		t.Errorf("Message-Id %s, then %s", first, second)
	}
	if d.State != outbox.Delivered || !strings.HasPrefix(d.Attempts[0].Answer, "554 ") || d.Attempts[1].Answer != "250" {
		t.Errorf("proof: %+v", d.Attempts)
	}
}

// The conversation comes to the mail itself when that has its turn, and no
// later command tells of it before.
func TestNoMailLeavesBeforeItsTurn(t *testing.T) {
	post, address := serveMail(t)
	n := mailer(t, address, "ada@example.org")
	turn := make(chan struct{})
	soon, cancel := context.WithTimeout(first().context("a"), 200*time.Millisecond)
	defer cancel()
	_, err := n.Notify(outbox.WithTurn(soon, "id", turn), firing("a", "critical"))
	post.mu.Lock()
	if !errors.Is(err, context.DeadlineExceeded) || post.greeted != 1 || post.begun != 0 {
		t.Fatalf("%d conversations, %d mails begun: %v", post.greeted, post.begun, err)
	}
	post.mu.Unlock()
	close(turn)
	if _, err := n.Notify(outbox.WithTurn(first().context("a"), "id", turn), firing("a", "critical")); err != nil {
		t.Fatal(err)
	}
	from := post.mails[0].Header["From"]
	if post.begun != 1 || len(from) != 1 || from[0] != "hms@example.org" {
		t.Errorf("%d mails begun, from %q", post.begun, from)
	}
}

// Templates that were made without the function are as good, only later.
func TestMailWithoutTheFunction(t *testing.T) {
	post, address := serveMail(t)
	tmpl, err := template.FromGlobs(nil)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.ExternalURL = &url.URL{Scheme: "http", Host: "hms.example"}
	host, port, _ := net.SplitHostPort(address)
	no := false
	n := outbox.NewEmail(&config.EmailConfig{
		To: "ada@example.org", From: "hms@example.org", Smarthost: config.HostPort{Host: host, Port: port}, RequireTLS: &no,
	}, tmpl, slog.New(slog.DiscardHandler))
	if _, err := n.Notify(outbox.WithMessageID(first().context("a"), "id"), firing("a", "critical")); err != nil || len(post.mails) != 1 {
		t.Fatal(err)
	}
}

func TestMailToNobodyBecomesADeadLetter(t *testing.T) {
	_, address := serveMail(t)
	n := mailer(t, address, "nobody@example.org")
	ctx := outbox.WithMessageID(first().context("a"), "id")
	retry, err := n.Notify(ctx, firing("a", "critical"))
	if err == nil || !retry || !strings.Contains(err.Error(), "550") {
		t.Fatalf("the notifier tells final refusals from passing ones now (%t, %v): use that", retry, err)
	}
}
