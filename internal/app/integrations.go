package app

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"

	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/internal/notify/signedhook"
	"github.com/hms-ops/hms-monitor/internal/notify/sms"
)

// receiptsPath is where providers of text messages report what became of them.
const receiptsPath = "/api/receipts/sms"

func receiptsURL(external *url.URL) string { return external.JoinPath(receiptsPath).String() }

// integrations makes those that the Alertmanager does not have.
func (a *App) integrations(c config.Config, external *url.URL) func(*template.Template) (map[string][]amnotify.Integration, error) {
	return func(t *template.Template) (map[string][]amnotify.Integration, error) {
		all := map[string][]amnotify.Integration{}
		for _, r := range c.Alerting.Receivers {
			for i, s := range r.SMS {
				s.Resolve(c.Dir())
				o := sms.Options{Template: t, Logger: a.options.Logger.With("part", "notify", "receiver", r.Name)}
				if c.Alerting.ExternalURL != "" { // else no provider could reach it
					o.ReceiptsURL = receiptsURL(external)
				}
				n, err := sms.New(s, o)
				if err != nil {
					return nil, fmt.Errorf("sms of receiver %q: %w", r.Name, err)
				}
				all[r.Name] = append(all[r.Name], amnotify.NewIntegration(n, &s, "sms", i, r.Name))
			}
			for i, w := range r.SignedWebhooks {
				w.Resolve(c.Dir())
				n, err := signedhook.New(w, signedhook.Options{
					Template: t, Logger: a.options.Logger.With("part", "notify", "receiver", r.Name), Now: a.options.Now,
				})
				if err != nil {
					return nil, fmt.Errorf("signed webhook of receiver %q: %w", r.Name, err)
				}
				all[r.Name] = append(all[r.Name], amnotify.NewIntegration(n, &w, "signed_webhook", i, r.Name))
			}
		}
		return all, nil
	}
}

// receipts takes what providers report of text messages.
func (a *App) receipts() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := a.config()
		external, err := url.Parse(c.Alerting.ExternalURL)
		if err != nil || c.Alerting.ExternalURL == "" || r.URL.Path != receiptsPath {
			http.NotFound(w, r)
			return
		}
		(&sms.Receipts{
			URL: receiptsURL(external), Store: a.outbox.Receipt, Logger: a.options.Logger.With("part", "notify"),
			Configs: func() (all []sms.Config) {
				for _, receiver := range c.Alerting.Receivers {
					for _, s := range receiver.SMS {
						s.Resolve(c.Dir())
						all = append(all, s)
					}
				}
				return slices.Clip(all)
			},
		}).ServeHTTP(w, r)
	})
}
