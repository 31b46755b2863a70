package alerting

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net"
	"net/mail"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailUser and mailPassword are what the SMTP server asks for where a client
// wants to be known.
const mailUser, mailPassword = "monitor", "correct-horse-battery"

// mailServer is an SMTP server that gives its mails to a sink.
type mailServer struct {
	sink    *sink
	address string
}

func newMailServer(t *testing.T, to *sink) *mailServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{sink: to, address: listener.Addr().String()}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &mailSession{server: m, when: time.Now()}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "localhost", true
	server.ErrorLog = mute{} // clients that are killed break off
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return m
}

// mute is a log that nobody reads.
type mute struct{}

func (mute) Printf(string, ...any) {}
func (mute) Println(...any)        {}

// mailSession is one conversation.
type mailSession struct {
	server *mailServer
	when   time.Time
	known  bool
}

func (*mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != mailUser || password != mailPassword {
			return errors.New("wrong user or password")
		}
		s.known = true
		return nil
	}), nil
}

func (*mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (*mailSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*mailSession) Reset()                               {}
func (*mailSession) Logout() error                        { return nil }

func (s *mailSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err // killed while it was sending
	}
	read, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		s.server.sink.t.Errorf("a mail: %v", err)
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil || read.Header.Get("Message-Id") == "" {
		s.server.sink.t.Errorf("a mail without Message-Id or with a broken subject: %v", err)
	}
	// Quoted-printable breaks lines anywhere.
	s.server.sink.note(message{
		at: "email", id: read.Header.Get("Message-Id"), says: subject, when: s.when,
		raw: string(bytes.ReplaceAll(text, []byte("=\r\n"), nil)),
	})
	return nil
}
