package notify

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	amconfig "github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/config/receiver"
	"github.com/prometheus/alertmanager/dispatch"
	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/notify/webhook"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/alertmanager/timeinterval"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// withoutFile is in force where no file is given: alerts are listed and can be
// silenced, and nothing is sent.
const withoutFile = `
route: {receiver: none}
receivers: [{name: none}]
`

// Source says where the routing comes from.
type Source struct {
	// File is in the format of the Alertmanager's configuration; "" for none.
	File string
	// ExternalURL is what links in notifications start with; nil for none.
	ExternalURL *url.URL
	// Extra makes integrations that the Alertmanager does not have, by the
	// receiver that each is added to; nil for none. An index counts the
	// integrations of the same name within a receiver.
	Extra func(*template.Template) (map[string][]amnotify.Integration, error)
	// Email makes an integration that sends mails; nil for the Alertmanager's own.
	Email func(*amconfig.EmailConfig, *template.Template, *slog.Logger) amnotify.Notifier
	// Webhook makes one that posts webhooks; nil for the Alertmanager's own.
	Webhook func(*webhook.WebhookConfig, *template.Template, *slog.Logger) (amnotify.Notifier, error)
	// Functions adds to those that templates know; nil for nothing.
	Functions template.Option
	// Log is where integrations write; nil for nowhere.
	Log *slog.Logger
}

// Routing says who is told about which alerts, and how: a configuration that
// has been checked and can be put in force.
type Routing struct {
	conf       *amconfig.Config
	template   *template.Template
	routes     *dispatch.Route
	receivers  map[string][]amnotify.Integration
	intervener *timeinterval.Intervener
	external   *url.URL
}

// Load reads and checks a routing. Nothing of a running Service changes. Faults
// name the file and, where it can be told, the line.
func Load(s Source) (*Routing, fault.List) {
	acceptAnyLabelName()
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.ExternalURL == nil {
		s.ExternalURL = &url.URL{}
	}
	text := []byte(withoutFile)
	if s.File != "" {
		var err error
		if text, err = os.ReadFile(s.File); err != nil {
			return nil, fault.List{{Path: []string{"alertmanager"}, Detail: fmt.Sprintf("the file cannot be read: %v", err)}}
		}
	}
	d := newDocument(s.File, text)
	r := &Routing{external: s.ExternalURL}
	r.read(d)
	if r.conf == nil {
		return nil, d.faults
	}
	r.parseTemplates(d, s.Functions)
	if r.template != nil {
		r.build(d, s)
	}
	if len(d.faults) > 0 {
		return nil, d.faults
	}
	return r, nil
}

// read decodes the text, and with a file makes its paths start at its folder.
func (r *Routing) read(d *document) {
	conf, err := amconfig.Load(string(d.text))
	if err == nil && d.file != "" {
		// Load alone leaves relative paths alone.
		conf, err = amconfig.LoadFile(d.file)
	}
	if err != nil {
		d.yaml(err)
		return
	}
	r.conf = conf
	credentials{d, filepath.Dir(d.file)}.check(conf)
}

func (r *Routing) build(d *document, s Source) {
	r.routes = dispatch.NewRoute(criticalFirst(r.conf.Route), nil)
	r.receivers = make(map[string][]amnotify.Integration, len(r.conf.Receivers))
	for _, rcv := range r.conf.Receivers {
		d.templates(r.template, rcv)
		integrations, err := receiver.BuildReceiverIntegrations(rcv, r.template, s.Log)
		if err != nil {
			d.add(d.find("name", rcv.Name), fmt.Sprintf("receiver %q: %v", rcv.Name, err))
		}
		if err := r.replace(rcv, integrations, s); err != nil {
			d.add(d.find("name", rcv.Name), fmt.Sprintf("receiver %q: %v", rcv.Name, err))
		}
		r.receivers[rcv.Name] = integrations
	}
	intervals := map[string][]timeinterval.TimeInterval{}
	for _, t := range r.conf.MuteTimeIntervals {
		intervals[t.Name] = t.TimeIntervals
	}
	for _, t := range r.conf.TimeIntervals {
		intervals[t.Name] = t.TimeIntervals
	}
	r.intervener = timeinterval.NewIntervener(intervals)
	r.addExtra(d, s)
}

// replace puts the integrations of a Source in place of the Alertmanager's.
func (r *Routing) replace(rcv amconfig.Receiver, integrations []amnotify.Integration, s Source) error {
	for i, integration := range integrations {
		index := integration.Index()
		switch {
		case integration.Name() == "email" && s.Email != nil:
			conf := rcv.EmailConfigs[index]
			integrations[i] = amnotify.NewIntegration(s.Email(conf, r.template, s.Log), conf, "email", index, rcv.Name)
		case integration.Name() == "webhook" && s.Webhook != nil:
			conf := rcv.WebhookConfigs[index]
			by, err := s.Webhook(conf, r.template, s.Log)
			if err != nil {
				return err
			}
			integrations[i] = amnotify.NewIntegration(by, conf, "webhook", index, rcv.Name)
		}
	}
	return nil
}

func (r *Routing) addExtra(d *document, s Source) {
	if s.Extra == nil {
		return
	}
	extra, err := s.Extra(r.template)
	if err != nil {
		d.faults.Add(d.scrub(err.Error()), "receivers")
		return
	}
	for name, integrations := range extra {
		if _, known := r.receivers[name]; !known {
			d.faults.Add(fmt.Sprintf("there is no receiver %q to add to: write `- name: %s` under receivers in the Alertmanager's file, and route alerts to it", name, name), "receivers")
			continue
		}
		r.receivers[name] = append(r.receivers[name], integrations...)
	}
}

// Names lists the receivers.
func (r *Routing) Names() []string {
	names := make([]string, len(r.conf.Receivers))
	for i, rcv := range r.conf.Receivers {
		names[i] = rcv.Name
	}
	return names
}

// Integrations lists the kinds of integration that a receiver has: "email",
// "webhook". Each stands as often as the receiver has it.
func (r *Routing) Integrations(receiver string) []string {
	var kinds []string
	for _, integration := range r.receivers[receiver] {
		kinds = append(kinds, integration.Name())
	}
	return kinds
}

// Ignored lists sections of the file that have no effect here.
func (r *Routing) Ignored() []string {
	var ignored []string
	if r.conf.TracingConfig.Endpoint != "" {
		ignored = append(ignored, "tracing")
	}
	if e := r.conf.EventRecorder; len(e.FileOutputs)+len(e.WebhookOutputs)+len(e.KafkaOutputs) > 0 {
		ignored = append(ignored, "event_recorder")
	}
	return ignored
}
