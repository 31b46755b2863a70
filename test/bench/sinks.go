//go:build linux

package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// sinks are receivers of notifications that note when something came.
type sinks struct {
	http, smtp string // addresses
	close      func()

	mu      sync.Mutex
	waiting map[string]chan arrival
}

type arrival struct {
	at   string // webhook, email or sms
	when time.Time
}

var probeName = regexp.MustCompile(`p[0-9]{6}`)

func openSinks(ctx context.Context) (*sinks, error) {
	s := &sinks{waiting: map[string]chan arrival{}}
	var listen net.ListenConfig
	web, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	mail, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.http, s.smtp = web.Addr().String(), mail.Addr().String()
	webServer := &http.Server{Handler: http.HandlerFunc(s.post), ReadHeaderTimeout: 10 * time.Second}
	mailServer := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{sinks: s}, nil }))
	mailServer.Domain = "localhost"
	go func() { _ = webServer.Serve(web) }()
	go func() { _ = mailServer.Serve(mail) }()
	s.close = func() { _, _ = webServer.Close(), mailServer.Close() }
	return s, nil
}

func (s *sinks) expect(probe string) <-chan arrival {
	c := make(chan arrival, 16)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[probe] = c
	return c
}

func (s *sinks) forget(probe string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, probe)
}

// came notes that a message that names a probe has come.
func (s *sinks) came(at string, when time.Time, text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.waiting[string(probeName.Find(text))]; c != nil {
		c <- arrival{at, when}
	}
}

func (s *sinks) post(w http.ResponseWriter, r *http.Request) {
	when := time.Now()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.URL.Path == "/webhook" {
		s.came("webhook", when, body)
		return
	}
	s.came("sms", when, body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, `{"sid":"SM00000000000000000000000000000000","status":"queued"}`)
}

// session is one SMTP conversation. It counts from the envelope: a connection
// may be made ready for any mail.
type session struct {
	sinks *sinks
	when  time.Time
}

func (*session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*session) Reset()                               {}
func (*session) Logout() error                        { return nil }

func (s *session) Mail(string, *smtp.MailOptions) error {
	s.when = time.Now()
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	// Quoted-printable breaks lines anywhere.
	text = bytes.ReplaceAll(text, []byte("=\r\n"), nil)
	s.sinks.came("email", s.when, []byte(strings.TrimSpace(string(text))))
	return nil
}
