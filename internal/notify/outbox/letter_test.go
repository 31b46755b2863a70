package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/alertmanager/alert"
	amconfig "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/notify/webhook"
	"github.com/prometheus/alertmanager/template"
	commoncfg "github.com/prometheus/common/config"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// box is a receiver that takes letters.
type box struct {
	phone
	mu      sync.Mutex
	letters []outbox.Letter
}

func (b *box) Notify(ctx context.Context, alerts ...*alert.Alert) (bool, error) {
	l := outbox.LetterIn(ctx)
	retry, err := b.phone.Notify(ctx, alerts...)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil && l != nil {
		b.letters = append(b.letters, *l)
	}
	return retry, err
}

var report = outbox.Letter{Key: "shift@1", Name: "shift", Subject: "Summary", Text: "all well", Data: json.RawMessage(`{"from":1}`)}

func TestALetterIsSentOnceToWhatCarriesLetters(t *testing.T) {
	inTime(t, func(t *testing.T) {
		kept := &outbox.Memory{}
		mail, other := &box{}, &phone{}
		wrap := func(b *outbox.Outbox) {
			b.Wrap("leads", "email", 0, mail)
			b.Wrap("leads", "slack", 0, other)
		}
		o := start(t, kept, outbox.Config{}, wrap)
		mail.set(errDown)
		ids, err := o.box.Post(t.Context(), "leads", report)
		if err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		synctest.Wait()
		o.end()
		// The program starts again, and whoever posted did not hear that it was kept.
		mail.set(nil)
		o = start(t, kept, outbox.Config{}, wrap)
		if again, err := o.box.Post(t.Context(), "leads", report); err != nil || again[0] != ids[0] {
			t.Fatal(again, err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(mail.letters) != 1 || mail.letters[0].Subject != "Summary" || mail.calls()[0].id != ids[0] || len(other.calls()) != 0 {
			t.Fatalf("%+v, and %+v", mail.letters, other.calls())
		}
		d := one(t, o.box, outbox.Filter{})
		if d.State != outbox.Delivered || d.Origin.Kind != outbox.OriginReport || d.Tries != 2 || len(o.box.Latest()) != 0 {
			t.Errorf("%+v", d)
		}
		for _, receiver := range []string{"nobody", "pager"} {
			o.box.Wrap("pager", "pagerduty", 0, other)
			if _, err := o.box.Post(t.Context(), receiver, report); !errors.Is(err, outbox.ErrNoCarrier) {
				t.Errorf("to %s: %v", receiver, err)
			}
		}
	})
}

func TestALetterThatCannotBeSentGoesToTheFallback(t *testing.T) {
	inTime(t, func(t *testing.T) {
		mail, duty, pager := &box{}, &box{}, &phone{}
		mail.set(errDown)
		o := start(t, &outbox.Memory{}, outbox.Config{Fallbacks: []outbox.Fallback{{Receiver: "leads", To: "duty"}}}, func(b *outbox.Outbox) {
			b.Wrap("leads", "email", 0, mail)
			b.Wrap("duty", "email", 0, duty)
			b.Wrap("duty", "sms", 0, pager)
		})
		if _, err := o.box.Post(t.Context(), "leads", report); err != nil {
			t.Fatal(err)
		}
		time.Sleep(outbox.LaxFallbackAfter + time.Second)
		synctest.Wait()
		if len(duty.letters) != 1 || len(pager.calls()) != 0 {
			t.Errorf("the fallback got %+v, its pager %+v", duty.letters, pager.calls())
		}
	})
}

// parts are the bodies of a mail by their type.
func parts(t *testing.T, o *postOffice) map[string]string {
	t.Helper()
	_, params, err := mime.ParseMediaType(o.mails[0].Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	all, reader := map[string]string{}, multipart.NewReader(o.mails[0].Body, params["boundary"])
	for {
		part, err := reader.NextRawPart()
		if err != nil {
			return all
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		all[part.Header.Get("Content-Type")] = string(text)
	}
}

func TestALetterByMail(t *testing.T) {
	post, address := serveMail(t)
	o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) {
		b.Wrap("leads", "email", 0, mailer(t, address, "ada@example.org"))
	})
	l := outbox.Letter{
		Key: "k", Name: "shift", Subject: "Resumen: 3 críticos {{ .Nothing }}",
		Text: "Días < 2 & {{ .Nothing }}", HTML: `<p style="color:#b50909">Días &lt; 2 {{ .Nothing }}</p>`,
	}
	ids, err := o.box.Post(t.Context(), "leads", l)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-post.came:
	case <-time.After(20 * time.Second):
		t.Fatal("no mail came")
	}
	o.end()
	subject, err := new(mime.WordDecoder).DecodeHeader(post.mails[0].Header.Get("Subject"))
	if err != nil || subject != l.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	if id := post.mails[0].Header.Get("Message-Id"); len(id) < len(ids[0]) || id[1:1+len(ids[0])] != ids[0] {
		t.Errorf("Message-Id %s of message %s", id, ids[0])
	}
	got := parts(t, post)
	if got["text/plain; charset=UTF-8"] != l.Text || got["text/html; charset=UTF-8"] != l.HTML {
		t.Errorf("%q", got)
	}
}

func TestALetterByWebhook(t *testing.T) {
	codes, bodies := make(chan int, 2), make(chan []byte, 2)
	codes <- http.StatusServiceUnavailable
	codes <- http.StatusOK
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
		w.WriteHeader(<-codes)
	}))
	defer web.Close()
	tmpl, err := template.FromGlobs(nil)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.ExternalURL = &url.URL{Scheme: "http", Host: "hms.example"}
	hook, err := outbox.NewWebhook(&webhook.WebhookConfig{
		URL: amconfig.SecretTemplateURL(web.URL), HTTPConfig: &commoncfg.HTTPClientConfig{},
	}, tmpl, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { b.Wrap("leads", "webhook", 0, hook) })
	ids, err := o.box.Post(t.Context(), "leads", report)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first is refused, the second is the same
		var got outbox.Posted
		select {
		case body := <-bodies:
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatal(err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("nothing came")
		}
		if got.ID != ids[0] || got.Type != "report" || got.Name != "shift" || got.Subject != "Summary" || string(got.Report) != `{"from":1}` {
			t.Errorf("%+v", got)
		}
	}
}
