package notify

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	texttemplate "text/template"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	amconfig "github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"
)

var templatePlace = regexp.MustCompile(`^template: ([^:]+):(\d+):(?:\d+:)? (.*)$`)

// parseTemplates reads the template files that the configuration names.
func (r *Routing) parseTemplates(d *document, functions template.Option) {
	for _, pattern := range r.conf.Templates {
		found, err := filepath.Glob(pattern)
		if err == nil && len(found) == 0 && !strings.ContainsAny(pattern, "*?[") {
			_, err = os.Stat(pattern)
		}
		if err != nil {
			d.add(d.pattern(pattern), fmt.Sprintf("templates: %v", err))
		}
	}
	var options []template.Option
	if functions != nil {
		options = append(options, functions)
	}
	parsed, err := template.FromGlobs(r.conf.Templates, options...)
	if err != nil {
		detail := err.Error()
		if m := templatePlace.FindStringSubmatch(detail); m != nil {
			detail = fmt.Sprintf("%s:%s: %s", m[1], m[2], m[3])
		}
		d.faults.Add(d.scrub(detail), "alertmanager")
		return
	}
	parsed.ExternalURL = r.external
	r.template = parsed
}

func (d *document) pattern(path string) int {
	for _, s := range d.scalars {
		if s.key == "templates" && (s.value == path || filepath.Join(filepath.Dir(d.file), s.value) == path) {
			return s.line
		}
	}
	return 0
}

// templates executes the texts of a receiver over a made-up alert. What fails
// only for want of data (a missing element) may do well with other alerts, and
// passes.
func (d *document) templates(t *template.Template, rcv amconfig.Receiver) {
	sample := sampleFor(t, rcv.Name)
	d.texts(reflect.ValueOf(rcv), "", func(key, text string) {
		execute := t.ExecuteTextString
		if key == "html" {
			execute = t.ExecuteHTMLString
		}
		if _, err := execute(text, sample); err != nil && wrong(err) {
			line := d.find(key, text)
			if line == 0 {
				line = d.find("name", rcv.Name)
			}
			d.add(line, fmt.Sprintf("receiver %q: %s is no template that works: %s", rcv.Name, key, withoutPlace(err)))
		}
	})
}

// sampleFor is what templates are tried on.
func sampleFor(t *template.Template, receiver string) *template.Data {
	now := time.UnixMilli(0)
	return t.Data(receiver, model.LabelSet{"alertname": "sample"}, nil, "first notification", &amalert.Alert{
		Alert:     model.Alert{Labels: model.LabelSet{"alertname": "sample", "severity": "critical"}, StartsAt: now},
		UpdatedAt: now,
	})
}

// CheckText tells what is wrong with the template of an integration that the
// Alertmanager does not have.
func CheckText(t *template.Template, receiver, text string) error {
	if _, err := t.ExecuteTextString(text, sampleFor(t, receiver)); err != nil && wrong(err) {
		return fmt.Errorf("is no template that works: %s", withoutPlace(err))
	}
	return nil
}

func withoutPlace(err error) string {
	if m := templatePlace.FindStringSubmatch(err.Error()); m != nil {
		return m[3]
	}
	return err.Error()
}

// wrong tells a faulty template from one that lacks data.
func wrong(err error) bool {
	if _, ran := errors.AsType[texttemplate.ExecError](err); !ran {
		return true
	}
	text := err.Error()
	return strings.Contains(text, "can't evaluate field") || strings.Contains(text, "not defined") || strings.Contains(text, "no such template")
}

// texts visits the templates within a part of the configuration, with their keys.
func (d *document) texts(v reflect.Value, key string, visit func(key, text string)) {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), "{{") {
			visit(key, v.String())
		}
	case reflect.Pointer:
		d.texts(v.Elem(), key, visit)
	case reflect.Slice:
		for i := range v.Len() {
			d.texts(v.Index(i), key, visit)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			d.texts(v.MapIndex(k), fmt.Sprint(k.Interface()), visit)
		}
	case reflect.Struct:
		if !strings.HasPrefix(v.Type().PkgPath(), "github.com/prometheus/") {
			return
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				inner, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
				d.texts(v.Field(i), inner, visit)
			}
		}
	}
}
