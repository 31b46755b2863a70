package notify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/alertmanager/template"

	amnotify "github.com/prometheus/alertmanager/notify"
)

func faultsOf(t *testing.T, conf string) string {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "alertmanager.yml")
	write(t, file, conf)
	write(t, filepath.Join(folder, "bad.tmpl"), "{{ define \"a\" }}\n{{ end\n")
	write(t, filepath.Join(folder, "good.tmpl"), "{{ define \"office\" }}{{ .Receiver }}{{ end }}")
	write(t, filepath.Join(folder, "password"), "hunter2-hunter2")
	_, faults := Load(Source{File: file})
	if err := faults.Err(); err != nil {
		return err.Error()
	}
	return ""
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFaultsOfTheFileHaveTheirLine(t *testing.T) {
	for name, c := range map[string]struct{ conf, want string }{
		"form":             {"route: {receiver: a}\nreceivers: [\n", "alertmanager.yml"},
		"unknown key":      {"route:\n  receiver: a\n  group_weight: 3s\nreceivers: [{name: a}]", "alertmanager.yml:3: field group_weight not found"},
		"unknown receiver": {"route:\n  receiver: a\n  routes:\n  - receiver: nobody\nreceivers: [{name: a}]", `alertmanager.yml:4: undefined receiver "nobody"`},
		"no route":         {"receivers: [{name: a}]", "alertmanager.yml: no route"},
		"time interval":    {"route:\n  receiver: a\n  routes:\n  - mute_time_intervals: [nights]\nreceivers: [{name: a}]", "alertmanager.yml:4: "},
		"template file":    {"route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: [bad.tmpl]", "bad.tmpl:3: "},
		"no template file": {"route: {receiver: a}\nreceivers: [{name: a}]\ntemplates:\n- none.tmpl", "alertmanager.yml:4: templates: "},
		"inline template":  {"route: {receiver: a}\nreceivers:\n- name: a\n  pagerduty_configs:\n  - routing_key: abcdefgh\n    description: '{{ .Receiver'", `alertmanager.yml:6: receiver "a": description is no template`},
		"unknown template": {"route: {receiver: a}\nreceivers:\n- name: a\n  pagerduty_configs:\n  - routing_key: abcdefgh\n    description: '{{ template \"mine\" . }}'", "alertmanager.yml:6: "},
		"unknown field":    {"route: {receiver: a}\nreceivers:\n- name: a\n  pagerduty_configs:\n  - routing_key: abcdefgh\n    description: '{{ .Receivers }}'", "can't evaluate field Receivers"},
		"password file":    {"route: {receiver: a}\nreceivers:\n- name: a\n  webhook_configs:\n  - url: http://127.0.0.1/\n    http_config:\n      basic_auth: {username: u, password_file: nowhere}", "alertmanager.yml:7: password_file: "},
		"smtp password":    {"global:\n  smtp_smarthost: localhost:25\n  smtp_from: a@b.c\n  smtp_auth_password_file: nowhere\nroute: {receiver: a}\nreceivers: [{name: a, email_configs: [{to: a@b.c}]}]", "alertmanager.yml:4: smtp_auth_password_file: "},
		"ca file":          {"route: {receiver: a}\nreceivers:\n- name: a\n  webhook_configs:\n  - url: http://127.0.0.1/\n    http_config:\n      tls_config:\n        ca_file: nowhere.pem", "alertmanager.yml:8: ca_file: "},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faultsOf(t, c.conf); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatIsRightIsTaken(t *testing.T) {
	for _, conf := range []string{
		withoutFile,
		"route: {receiver: a}\nreceivers: [{name: a, pagerduty_configs: [{routing_key: abc, description: '{{ template \"office\" . }}'}]}]\ntemplates: ['*od.tmpl', 'none*.tmpl']",
		"route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: 'http://127.0.0.1/', http_config: {basic_auth: {username: u, password_file: password}}}]}]",
		"route: {receiver: a}\nreceivers: [{name: a, pagerduty_configs: [{routing_key: abc, description: '{{ (index .Alerts.Resolved 0).Labels.x }}'}]}]",
	} {
		if got := faultsOf(t, conf); got != "" {
			t.Errorf("%s: %s", conf, got)
		}
	}
	if _, faults := Load(Source{}); faults.Err() != nil {
		t.Error(faults)
	}
}

// No fault may repeat a secret of the file.
func TestFaultsKeepSecrets(t *testing.T) {
	const secret = "hunter2hunter2"
	for _, conf := range []string{
		"global: {smtp_auth_password: [" + secret + "]}\nroute: {receiver: a}\nreceivers: [{name: a}]",
		"global: {resolve_timeout: 5m, slack_api_url: 'ht tp://" + secret + "/%zz'}\nroute: {receiver: a}\nreceivers: [{name: a}]",
		"route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: '" + secret + "://x/%zz'}]}]",
		"route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: 'http://x/" + secret + "/{{ .X'}]}]",
		"route: {receiver: a}\nreceivers: [{name: a, telegram_configs: [{bot_token: x, chat_id: " + secret + "}]}]\n",
		"route: {receiver: a}\nreceivers: [{name: a, pagerduty_configs: [{routing_key: {" + secret + ": 1}}]}]",
	} {
		got := faultsOf(t, conf)
		if got == "" {
			t.Errorf("%s: no fault", conf)
		}
		if strings.Contains(conf, "chat_id") {
			continue // no secret
		}
		if strings.Contains(got, secret) || strings.Contains(got, secret[:7]) {
			t.Errorf("%s: the fault tells the secret: %s", conf, got)
		}
	}
}

func TestExtraIntegrationsNeedTheirReceiver(t *testing.T) {
	extra := func(name string) func(*template.Template) (map[string][]amnotify.Integration, error) {
		return func(tmpl *template.Template) (map[string][]amnotify.Integration, error) {
			if tmpl == nil {
				t.Error("no template")
			}
			return map[string][]amnotify.Integration{name: {amnotify.NewIntegration(notifierFunc(nil), everything{}, "sms", 0, name)}}, nil
		}
	}
	if _, faults := Load(Source{Extra: extra("duty")}); faults.Err() == nil || !strings.Contains(faults.Err().Error(), "- name: duty") {
		t.Error(faults)
	}
	r, faults := Load(Source{Extra: extra("none")})
	if faults.Err() != nil || len(r.receivers["none"]) != 1 {
		t.Error(faults)
	}
}

// FuzzLoad: any text is either a routing or a list of faults, never both and
// never a panic, in the Alertmanager's packages included.
func FuzzLoad(f *testing.F) {
	f.Add(withoutFile)
	f.Add(atOnce)
	f.Add("route: &a {receiver: *a}\n")
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, conf string) {
		file := filepath.Join(folder, "alertmanager.yml")
		write(t, file, conf)
		r, faults := Load(Source{File: file})
		if (r == nil) != (len(faults) > 0) {
			t.Errorf("routing %v with faults %v", r, faults)
		}
	})
}
