package config

import (
	"path/filepath"
	"slices"
	"strconv"

	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/notify"
	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
	"github.com/hms-ops/hms-monitor/internal/notify/signedhook"
	"github.com/hms-ops/hms-monitor/internal/notify/sms"
	"github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/rules/detect"
	"github.com/hms-ops/hms-monitor/internal/rules/prom"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Alerting is the configuration section `alerting`.
type Alerting struct {
	// Rules are Prometheus rule files, see prom.Config.
	Rules          []string          `yaml:"rules"`
	Interval       units.Duration    `yaml:"evaluation_interval"`
	ExternalLabels map[string]string `yaml:"external_labels"`
	PromQL         promql.Config     `yaml:"promql"`
	Detectors      detect.Config     `yaml:"detectors"`

	// Alertmanager is the file that routes notifications; ExternalURL is what
	// links in them start with.
	Alertmanager string `yaml:"alertmanager"`
	ExternalURL  string `yaml:"external_url"`
	// Receivers add to those of the Alertmanager's file.
	Receivers   []Receiver          `yaml:"receivers"`
	Delivery    outbox.Limits       `yaml:"delivery"`
	Fallbacks   []outbox.Fallback   `yaml:"fallbacks"`
	Escalations []outbox.Escalation `yaml:"escalations"`
}

// Receiver is what a receiver has that the Alertmanager does not know.
type Receiver struct {
	Name           string              `yaml:"name"`
	SMS            []sms.Config        `yaml:"sms"`
	SignedWebhooks []signedhook.Config `yaml:"signed_webhooks"`
}

func defaultAlerting() Alerting {
	return Alerting{Interval: prom.DefaultConfig().Interval, PromQL: promql.DefaultConfig()}
}

// RuleFiles is what rules/prom is given.
func (a Alerting) RuleFiles() prom.Config {
	return prom.Config{Rules: a.Rules, Interval: a.Interval, ExternalLabels: a.ExternalLabels}
}

// Outbox is what notify/outbox is given.
func (a Alerting) Outbox() outbox.Config {
	return outbox.Config{Delivery: a.Delivery, Fallbacks: a.Fallbacks, Escalations: a.Escalations}
}

// Dir is where relative paths of the file start.
func (c Config) Dir() string { return c.dir }

// Routing is the source of the Alertmanager's configuration, without the
// integrations that only a running server can make.
func (c Config) Routing() (notify.Source, error) {
	s := notify.Source{File: c.Alerting.Alertmanager}
	if s.File != "" && !filepath.IsAbs(s.File) {
		s.File = filepath.Join(c.dir, s.File)
	}
	var err error
	s.ExternalURL, err = notify.Config{ExternalURL: c.Alerting.ExternalURL}.URL()
	return s, err
}

// validateAlerting gives the routing as well, nil where something is wrong.
func (c Config) validateAlerting() (routing *notify.Routing, faults fault.List) {
	a := c.Alerting
	faults = append(faults, a.RuleFiles().Validate(c.dir)...)
	faults = append(faults, a.PromQL.Validate().Under("promql")...)
	faults = append(faults, notify.Config{ExternalURL: a.ExternalURL}.Validate()...)
	faults = append(faults, c.validateDetectors().Under("detectors")...)
	for i := range a.Receivers {
		faults = append(faults, a.Receivers[i].validate(c.dir).Under("receivers", strconv.Itoa(i))...)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	source, err := c.Routing()
	if err != nil {
		faults.Add(err.Error(), "external_url")
		return nil, faults
	}
	var texts fault.List
	source.Extra = func(t *template.Template) (map[string][]amnotify.Integration, error) {
		texts = a.checkTexts(t)
		return nil, nil
	}
	routing, wrong := notify.Load(source)
	if faults = append(texts, wrong...); len(faults) > 0 {
		return nil, faults
	}
	receivers := routing.Names()
	for i, r := range a.Receivers {
		if !slices.Contains(receivers, r.Name) {
			faults.Add("no receiver of the Alertmanager's file is called so; add it there, and route alerts to it", "receivers", strconv.Itoa(i), "name")
		}
	}
	return routing, append(faults, a.Outbox().Validate(receivers)...)
}

func (c Config) validateDetectors() (faults fault.List) {
	env, err := c.KPIEnv()
	if err != nil {
		return nil // the KPIs' own fault
	}
	env.KPIs = map[string]*kpi.Definition{}
	if c.DefaultKPIs {
		defaults, err := define.Defaults()
		if err != nil {
			return nil
		}
		for _, d := range defaults {
			env.KPIs[d.Name] = d
		}
	}
	for _, d := range c.KPIs.List() {
		env.KPIs[d.Name] = d
	}
	return c.Alerting.Detectors.Validate(env)
}

// checkTexts tries the templates of integrations that the Alertmanager lacks.
func (a Alerting) checkTexts(t *template.Template) (faults fault.List) {
	for i, r := range a.Receivers {
		for j, s := range r.SMS {
			if err := notify.CheckText(t, r.Name, s.Text); err != nil {
				faults.Add(err.Error(), "receivers", strconv.Itoa(i), "sms", strconv.Itoa(j), "text")
			}
		}
	}
	return faults
}

// validate reports every fault, those of files as well: relative paths start at
// dir.
func (r *Receiver) validate(dir string) (faults fault.List) {
	for i, s := range r.SMS {
		wrong := s.Validate()
		s.Resolve(dir)
		faults = append(faults, append(wrong, s.CheckFiles()...).Under("sms", strconv.Itoa(i))...)
	}
	for i, w := range r.SignedWebhooks {
		wrong := w.Validate()
		w.Resolve(dir)
		faults = append(faults, append(wrong, w.CheckFiles()...).Under("signed_webhooks", strconv.Itoa(i))...)
	}
	return faults
}
