package alerting

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// confidential has a secret of each kind, of which some are refused by those
// whom they are shown to.
var confidential = map[string]string{
	"hms.yaml": `
thresholds:
  page: {critical: "< 2", by: [n]}
alerting:
  alertmanager: alertmanager.yml
  receivers:
    - name: all
      sms:
        - {to: ["+16175550123"], from: "+16175550100", account_sid: AC00000000000000000000000000000000, auth_token: sms-token-a1b2c3, base_url: "http://WEB/sms"}
        - {to: ["+16175550124"], from: "+16175550100", account_sid: AC11111111111111111111111111111111, auth_token_file: sms.token, base_url: "http://WEB/refusing"}
      signed_webhooks:
        - {url: "http://WEB/signed", secrets: [KEY]}
        - {url: "http://127.0.0.1:1/hook?token=hook-token-d4e5f6", secret_file: hook.secret}
        - {url: "http://someone:hook-password-q7r8@WEB/refusing/path-token-g7h8i9", secrets: [KEY]}
`,
	"sms.token":   "sms-file-token-j1k2\n",
	"hook.secret": "whsec_cGxlYXNlLWRvbnQtdGVsbC1hbnlib2R5LXRoaXM=\n",
	"smtp.wrong":  "wrong-mail-password\n",
	"alertmanager.yml": `
global:
  smtp_smarthost: MAIL
  smtp_from: monitor@example.org
  smtp_require_tls: false
  smtp_auth_username: monitor
  smtp_auth_password: correct-horse-battery
  slack_api_url: http://127.0.0.1:1/services/slack-token-l3m4
route: {receiver: all, group_by: ["..."], group_wait: 0s, group_interval: 100ms}
receivers:
  - name: all
    webhook_configs:
      - url: http://127.0.0.1:1/x?token=plain-token-n5o6
      - url: http://WEB/refusing?token=plain-token-p7q8
      - {url: "http://WEB/plain", http_config: {basic_auth: {username: monitor, password: basic-password-r9}}}
      - {url: "http://WEB/plain", http_config: {authorization: {credentials: bearer-token-s1t2}}}
    email_configs:
      - to: duty@example.org
      - {to: wrong@example.org, auth_password_file: smtp.wrong}
    slack_configs: [{channel: alerts}]
    pagerduty_configs: [{routing_key: pagerduty-key-u3v4, url: "http://WEB/refusing"}]
    opsgenie_configs: [{api_key: opsgenie-key-w5x6, api_url: "http://WEB/refusing"}]
    telegram_configs: [{bot_token: telegram-token-y7z8, chat_id: 1, api_url: "http://WEB/refusing"}]
`,
}

var secrets = []string{
	key, "sms-token-a1b2c3", "hook-token-d4e5f6", "hook-password-q7r8", "path-token-g7h8i9", "sms-file-token-j1k2", "whsec_cGxlYXNl", "cGxlYXNlLWRvbnQ",
	mailPassword, "wrong-mail-password", "slack-token-l3m4", "plain-token-n5o6", "plain-token-p7q8", "basic-password-r9", "bearer-token-s1t2",
	"pagerduty-key-u3v4", "opsgenie-key-w5x6", "telegram-token-y7z8", "+16175550123", "+16175550124",
}

// reveals names the secrets that a text has, also when encoded.
func reveals(text string) (all []string) {
	for _, s := range secrets {
		user := base64.StdEncoding.EncodeToString([]byte("\x00" + mailUser + "\x00" + s))
		for _, as := range []string{s, url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte(s)), user} {
			if strings.Contains(text, as) {
				all = append(all, s)
				break
			}
		}
	}
	return all
}

func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	to := newSink(t)
	s := newServer(t, to, confidential)
	s.args = []string{"--log-level=debug"}
	for _, path := range []string{"/refusing", "/refusing/v2/alerts", "/refusing/bottelegram-token-y7z8/sendMessage", "/refusing/path-token-g7h8i9", "/refusing/2010-04-01/Accounts/AC11111111111111111111111111111111/Messages.json"} {
		to.answer(path, func(w http.ResponseWriter, r *http.Request) { // and says what it was shown
			w.WriteHeader(http.StatusUnauthorized)
			w.Write([]byte("I do not know " + r.URL.String() + " " + r.Header.Get("Authorization")))
		})
	}
	s.start()
	s.value("page", 1, "n", "1")
	for at, n := range map[string]int{"/plain": 2, "/signed": 1, "email": 1, "sms": 1} {
		s.await("messages at "+at, func() bool { return len(to.messages(at)) == n })
	}
	s.await("every integration has tried", func() bool {
		all := s.deliveries("")
		for _, d := range all {
			if d.Tries == 0 {
				return false
			}
		}
		return len(all) == 15
	})
	paths := []string{
		"/api/v2/status", "/api/v2/receivers", "/api/v2/alerts", "/api/v2/alerts/groups", "/api/v2/silences",
		"/api/deliveries?limit=1000", "/api/receivers", "/api/alerts", "/api/alerts/history", "/api/rules", "/api/thresholds", "/api/acknowledgements",
		"/api/kpis", "/api/metrics", "/metrics", "/readyz", "/healthz", "/api/silences/preview?matcher=n%3D1", "/openapi.json",
	}
	look := func() {
		t.Helper()
		for _, path := range paths {
			code, body := s.call(http.MethodGet, path, "")
			if found := reveals(body); len(found) > 0 {
				t.Errorf("GET %s (%d) shows %q", path, code, found)
			}
		}
		if found := reveals(s.logged()); len(found) > 0 {
			t.Errorf("the log shows %q", found)
		}
	}
	look()
	// What is said of a fault shows none either.
	for file, fault := range map[string][2]string{
		"hms.yaml":         {"secrets: [" + key + "]", "secrets: [" + key + ", 1, {}]"},
		"alertmanager.yml": {"bot_token: telegram-token-y7z8", "bot_token: telegram-token-y7z8, colour: red"},
	} {
		before := s.text(file)
		s.replace(file, fault[0], fault[1])
		said, valid := s.check()
		if found := reveals(said); valid || len(found) > 0 {
			t.Errorf("check shows %q (valid: %t): %s", found, valid, said)
		}
		s.hup()
		s.write(file, before)
	}
	for _, url := range []string{"http://pa ss:word@x/plain-token-n5o6", "ftp://x/plain-token-n5o6"} {
		before := s.text("alertmanager.yml")
		s.replace("alertmanager.yml", "url: http://127.0.0.1:1/x?token=plain-token-n5o6", "url: '"+url+"'")
		if said, valid := s.check(); valid || len(reveals(said)) > 0 {
			t.Errorf("check of the address %s (valid: %t): %s", url, valid, said)
		}
		s.hup()
		s.write("alertmanager.yml", before)
	}
	s.restart()
	s.ready()
	look()
}
