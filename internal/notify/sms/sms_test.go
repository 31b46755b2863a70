package sms

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// provider answers as Twilio does; status is by number.
type provider struct {
	*httptest.Server
	mu     sync.Mutex
	status map[string]int
	got    []url.Values
	paths  []string
}

func startProvider(t *testing.T) *provider {
	p := &provider{status: map[string]int{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.ParseForm()
	user, password, _ := r.BasicAuth()
	if user != "AC1" || password != "hunter2" {
		w.WriteHeader(401)
		io.WriteString(w, `{"code":20003,"message":"Authenticate","status":401}`)
		return
	}
	if code := p.status[r.PostForm.Get("To")]; code != 0 {
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"code":21211,"message":"The 'To' number %s is not valid","more_info":"https://x","status":%d}`, r.PostForm.Get("To"), code)
		return
	}
	p.got, p.paths = append(p.got, r.PostForm), append(p.paths, r.URL.Path)
	w.WriteHeader(201)
	fmt.Fprintf(w, `{"sid":"SM%d","status":"queued","error_code":null}`, len(p.got))
}

func (p *provider) config(to ...string) Config {
	return Config{To: to, From: "+16175550000", AccountSID: "AC1", AuthToken: "hunter2", BaseURL: p.URL}
}

func newYork(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip(err)
	}
	return zone
}

func build(t *testing.T, c Config) *Notifier {
	t.Helper()
	tmpl, err := template.FromGlobs(nil)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.ExternalURL = &url.URL{Scheme: "http", Host: "hms.example"}
	n, err := New(c, Options{Template: tmpl, ReceiptsURL: "http://hms.example/receipts", Zone: newYork(t)})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func sending(id string) context.Context {
	ctx := notify.WithGroupKey(context.Background(), "group")
	ctx = notify.WithReceiverName(ctx, "oncall")
	ctx = notify.WithGroupLabels(ctx, model.LabelSet{})
	ctx = notify.WithNotificationReason(ctx, notify.ReasonFirstNotification)
	return outbox.WithMessageID(ctx, id)
}

func raised() *alert.Alert {
	return &alert.Alert{Alert: model.Alert{
		Labels:       model.LabelSet{"alertname": "case.resolved.rate", "metric": "case.resolved.rate", "severity": "critical"},
		Annotations:  model.LabelSet{"alert_id": "12.1", "value": "1", "condition": "below 2"},
		GeneratorURL: "http://hms.example/alerts/12.1",
		StartsAt:     time.Date(2025, 11, 24, 19, 2, 0, 0, time.UTC),
	}}
}

func TestTextOfTheBrief(t *testing.T) {
	p := startProvider(t)
	n := build(t, p.config("+16175551234"))
	if retry, err := n.Notify(sending("id1"), raised()); err != nil || retry {
		t.Fatal(retry, err)
	}
	over := raised()
	over.EndsAt = over.StartsAt.Add(7 * time.Minute)
	warning := raised()
	warning.Labels = model.LabelSet{"alertname": "x", "severity": "warning", "team": "north"}
	if _, err := n.Notify(sending("id2"), warning, over, raised()); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Notify(sending("id3"), over); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"CRITICAL case.resolved.rate is 1 (below 2) since 14:02 EST. http://hms.example/alerts/12.1",
		"CRITICAL case.resolved.rate is 1 (below 2) since 14:02 EST, and 2 more. http://hms.example/alerts/12.1",
		"RESOLVED case.resolved.rate, 14:02 to 14:09 EST. http://hms.example/alerts/12.1",
	} {
		if got := p.got[i].Get("Body"); got != want {
			t.Errorf("text %d: %q", i, got)
		}
	}
	if f := p.got[0]; f.Get("From") != "+16175550000" || f.Get("StatusCallback") != "http://hms.example/receipts?message=id1" ||
		p.paths[0] != "/2010-04-01/Accounts/AC1/Messages.json" {
		t.Errorf("%v to %s", f, p.paths[0])
	}
}

func TestEachNumberGetsItOnce(t *testing.T) {
	p := startProvider(t)
	p.status["+16175550002"], p.status["+16175550003"] = 503, 400
	n := build(t, p.config("+16175550001", "+16175550002", "+16175550003"))
	ctx := sending("id")
	retry, err := n.Notify(ctx, raised())
	if err == nil || !retry || !strings.Contains(err.Error(), "2 of 3 numbers") {
		t.Fatal(retry, err)
	}
	if strings.Contains(err.Error(), "555000") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v shows a number or the token", err)
	}
	p.status["+16175550002"] = 0
	// The one that the provider refuses for good does not fail the others.
	if retry, err = n.Notify(ctx, raised()); err != nil || retry {
		t.Fatal(retry, err)
	}
	var to []string
	for _, f := range p.got {
		to = append(to, f.Get("To"))
	}
	if fmt.Sprint(to) != "[+16175550001 +16175550002]" {
		t.Errorf("sent to %v", to)
	}
}

func TestNothingLeavesBeforeItsTurn(t *testing.T) {
	p := startProvider(t)
	n := build(t, p.config("+16175550001"))
	turn := make(chan struct{})
	soon, cancel := context.WithTimeout(sending("id"), 200*time.Millisecond)
	defer cancel()
	if _, err := n.Notify(outbox.WithTurn(soon, "id", turn), raised()); err == nil || len(p.got) > 0 {
		t.Fatalf("sent before its turn: %v, %v", p.got, err)
	}
	close(turn)
	if _, err := n.Notify(outbox.WithTurn(sending("id"), "id", turn), raised()); err != nil || len(p.got) != 1 {
		t.Fatalf("not sent when it had its turn: %v, %v", p.got, err)
	}
}

func TestWhatIsTriedAgain(t *testing.T) {
	p := startProvider(t)
	n := build(t, p.config("+16175551234"))
	for code, again := range map[int]bool{302: false, 400: false, 401: false, 404: false, 429: true, 500: true, 503: true} {
		p.status["+16175551234"] = code
		if retry, err := n.Notify(sending("id"), raised()); err == nil || retry != again {
			t.Errorf("%d: %t, %v", code, retry, err)
		}
	}
	p.Close()
	if retry, err := n.Notify(sending("id"), raised()); err == nil || !retry {
		t.Errorf("a provider that is down: %t, %v", retry, err)
	}
}

func TestSegments(t *testing.T) {
	for text, want := range map[string]int{
		"": 1, strings.Repeat("a", 160): 1, strings.Repeat("a", 161): 2, strings.Repeat("a", 306): 2, strings.Repeat("a", 307): 3,
		strings.Repeat("€", 80): 1, strings.Repeat("€", 81): 2,
		strings.Repeat("ж", 70): 1, strings.Repeat("ж", 71): 2, strings.Repeat("😀", 35): 1, strings.Repeat("😀", 36): 2,
	} {
		if got := Segments(text); got != want {
			t.Errorf("%.10s… (%d): %d, want %d", text, len(text), got, want)
		}
	}
	link := "http://hms.example/alerts/12.1"
	for _, text := range []string{
		strings.Repeat("long ", 500) + link, strings.Repeat("ж", 500) + " " + link, strings.Repeat("😀", 500) + " " + link,
	} {
		for most := 1; most <= 4; most++ {
			got := limit(text, most)
			if Segments(got) > most || !strings.HasSuffix(got, " "+link) || !strings.Contains(got, "...") {
				t.Errorf("limit to %d: %d, %q", most, Segments(got), got)
			}
			if Segments(got) < most {
				t.Errorf("limit to %d leaves room: %d", most, Segments(got))
			}
		}
	}
}

func TestReceipts(t *testing.T) {
	p := startProvider(t)
	var stored []string
	var fail error
	h := &Receipts{
		URL: "https://hms.example/receipts", Configs: func() []Config { return []Config{p.config("+16175551234")} },
		Store: func(_ context.Context, id string, r outbox.Receipt) error {
			stored = append(stored, fmt.Sprint(id, " ", r.Ref, " ", r.To, " ", r.Status, " ", r.Error))
			return fail
		},
		Logger: slog.New(slog.DiscardHandler),
	}
	post := func(form url.Values, signature string) int {
		r := httptest.NewRequest("POST", "http://inner:8080/receipts?message=id1", strings.NewReader(form.Encode()))
		r.Header.Set("X-Twilio-Signature", signature)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	form := url.Values{
		"MessageSid": {"SM1"}, "MessageStatus": {"undelivered"}, "To": {"+16175551234"},
		"AccountSid": {"AC1"}, "ErrorCode": {"30003"},
	}
	good := base64.StdEncoding.EncodeToString(sign("hunter2", "https://hms.example/receipts?message=id1", form))
	if code := post(form, good); code != 204 || len(stored) != 1 || stored[0] != "id1 SM1 +1••••••••34 undelivered 30003" {
		t.Fatal(code, stored)
	}
	for what, c := range map[string]struct {
		change func(url.Values)
		code   int
	}{
		"another status": {func(f url.Values) { f.Set("MessageStatus", "delivered") }, 403},
		"no status":      {func(f url.Values) { f.Del("MessageStatus") }, 400},
		"odd status":     {func(f url.Values) { f.Set("MessageStatus", "<b>") }, 400},
		"no sid":         {func(f url.Values) { f.Del("MessageSid") }, 400},
		"other account":  {func(f url.Values) { f.Set("AccountSid", "AC2") }, 403},
	} {
		f := url.Values{}
		for k, v := range form {
			f[k] = append([]string(nil), v...)
		}
		c.change(f)
		if code := post(f, good); code != c.code {
			t.Errorf("%s: %d", what, code)
		}
	}
	for _, bad := range []string{"", "x", "AAAA"} {
		if code := post(form, bad); code != 403 {
			t.Errorf("signature %q: %d", bad, code)
		}
	}
	fail = fmt.Errorf("%w: x", outbox.ErrUnknown)
	if code := post(form, good); code != 404 {
		t.Error("unknown message:", code)
	}
	fail = errors.New("disk full")
	if code := post(form, good); code != 503 {
		t.Error("not stored:", code)
	}
}

// The provider's own example.
func TestSignatureOfTheProvidersDocumentation(t *testing.T) {
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+12349013030"}, "Digits": {"1234"},
		"From": {"+12349013030"}, "To": {"+18005551212"},
	}
	got := base64.StdEncoding.EncodeToString(sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form))
	if want := "0/KCTR6DLpKmkAf8muzZqo1nDgQ="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// FuzzReceipt: what anybody may post as a delivery receipt is refused, or gives a
// reference of the provider's form, a status, a bounded error and no whole number.
func FuzzReceipt(f *testing.F) {
	f.Add([]byte("MessageSid=SM1&MessageStatus=delivered&To=%2B16175551234"))
	f.Add([]byte("SmsSid=SM1&SmsStatus=sent&ErrorMessage=%ff%00"))
	f.Add([]byte("%zz"))
	f.Fuzz(func(t *testing.T, body []byte) {
		form, r, err := parseReceipt(body)
		if err != nil {
			return
		}
		if !sid.MatchString(r.Ref) || r.Status == "" || len(r.Error) > 400 || form.Get("To") != "" && e164.MatchString(form.Get("To")) && strings.Contains(r.To, form.Get("To")) {
			t.Fatalf("%q gives %+v", body, r)
		}
	})
}

func TestConfig(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                           func(*Config) {},
		"to: name at least":          func(c *Config) { c.To = nil },
		"to.0: is no phone":          func(c *Config) { c.To = []string{"617 555 1234"} },
		"to.1: is in the list":       func(c *Config) { c.To = append(c.To, c.To[0]) },
		"from: give either":          func(c *Config) { c.MessagingServiceSID = "MG1" },
		"from: is no sender":         func(c *Config) { c.From = "<script>" },
		"account_sid: must be":       func(c *Config) { c.AccountSID = "../x" },
		"auth_token: give either":    func(c *Config) { c.AuthToken = "" },
		"base_url: must look":        func(c *Config) { c.BaseURL = "example.com" },
		"base_url: must hold no":     func(c *Config) { c.BaseURL = "https://a:b@example.com" },
		"max_segments: is 11":        func(c *Config) { c.MaxSegments = 11 },
		"timeout: is 1ns, must be b": func(c *Config) { c.Timeout = 1 },
	} {
		c := Config{To: []string{"+16175551234"}, From: "+16175550000", AccountSID: "AC1", AuthToken: "hunter2"}
		change(&c)
		err := c.Validate().Err()
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", c, c, c), "hunter2") {
			t.Error("the token is printed")
		}
	}
}
