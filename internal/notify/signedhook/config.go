package signedhook

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/notify/secret"
)

// Config is one entry of a receiver's `signed_webhooks` list.
type Config struct {
	// URL is where to post. A token in it is a secret as well: URLFile may hold it.
	URL     secret.Text `yaml:"url"`
	URLFile string      `yaml:"url_file"`
	// Secret and SecretFile sign; both give several, for the time in which a
	// receiver changes from one to the next: a file has one a line.
	Secret     []secret.Text `yaml:"secrets"`
	SecretFile string        `yaml:"secret_file"`
	// SendResolvedAlerts: default true.
	SendResolvedAlerts *bool `yaml:"send_resolved"`
	// MaxAlerts bounds the alerts of one message; 0: all.
	MaxAlerts int           `yaml:"max_alerts"`
	Timeout   time.Duration `yaml:"timeout"`
}

const (
	prefix = "whsec_"
	// leastSecret and mostSecret are what Standard Webhooks asks for, in bytes.
	leastSecret = 24
	mostSecret  = 64
	maxSecrets  = 5
)

// Validate reports every fault. It reads no file; New does.
func (c *Config) Validate() (faults fault.List) {
	switch {
	case (c.URL == "") == (c.URLFile == ""):
		faults.Add("give either url or url_file", "url")
	case c.URL != "":
		if err := checkURL(c.URL.Reveal()); err != nil {
			faults.Add(err.Error(), "url")
		}
	}
	switch {
	case len(c.Secret) == 0 && c.SecretFile == "":
		faults.Add("give secrets or secret_file: receivers check that messages are signed with it", "secrets")
	case len(c.Secret) > 0 && c.SecretFile != "":
		faults.Add("give either secrets or secret_file", "secret_file")
	case len(c.Secret) > maxSecrets:
		faults.Add(fmt.Sprintf("has %d, at most %d", len(c.Secret), maxSecrets), "secrets")
	}
	for i, s := range c.Secret {
		if err := checkSecret(s.Reveal()); err != nil {
			faults.Add(err.Error(), "secrets", strconv.Itoa(i))
		}
	}
	if c.MaxAlerts < 0 {
		faults.Add("must not be negative", "max_alerts")
	}
	if c.Timeout != 0 && (c.Timeout < time.Second || c.Timeout > 5*time.Minute) {
		faults.Add(fmt.Sprintf("is %s, must be between 1s and 5m", c.Timeout), "timeout")
	}
	return faults
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("must look like https://example.com/hook")
	}
	return nil
}

func checkSecret(text string) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, prefix))
	if err != nil || len(key) < leastSecret || len(key) > mostSecret {
		return fmt.Errorf("is no secret: write whsec_ and %d to %d random bytes in base64, made for example by: echo whsec_$(openssl rand -base64 32)", leastSecret, mostSecret)
	}
	return nil
}

// Resolve lets relative paths start at the folder of the configuration file.
func (c *Config) Resolve(folder string) {
	for _, path := range []*string{&c.URLFile, &c.SecretFile} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(folder, *path)
		}
	}
}

// CheckFiles reports what is wrong with files, once Resolve has found them.
func (c *Config) CheckFiles() (faults fault.List) {
	if c.URLFile != "" {
		if _, err := c.address(); err != nil {
			faults.Add(err.Error(), "url_file")
		}
	}
	if c.SecretFile != "" {
		if _, err := c.keys(); err != nil {
			faults.Add(err.Error(), "secret_file")
		}
	}
	return faults
}

// SendResolved is what the Alertmanager's pipeline asks.
func (c *Config) SendResolved() bool { return c.SendResolvedAlerts == nil || *c.SendResolvedAlerts }

// keys are the secrets to sign with now.
func (c *Config) keys() ([]string, error) {
	var keys []string
	for _, s := range c.Secret {
		keys = append(keys, s.Reveal())
	}
	if c.SecretFile == "" {
		return keys, nil
	}
	content, err := secret.Read("", c.SecretFile)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(content) {
		if line = strings.TrimSpace(line); line != "" {
			keys = append(keys, line)
		}
	}
	for i, key := range keys {
		if err := checkSecret(key); err != nil {
			return nil, fmt.Errorf("line %d of %s %w", i+1, c.SecretFile, err)
		}
	}
	if len(keys) > maxSecrets {
		return nil, fmt.Errorf("%s has %d secrets, at most %d", c.SecretFile, len(keys), maxSecrets)
	}
	return keys, nil
}

// address is where to post now.
func (c *Config) address() (string, error) {
	text, err := secret.Read(c.URL, c.URLFile)
	if err != nil {
		return "", err
	}
	if err := checkURL(text); err != nil {
		return "", fmt.Errorf("the address %w", err)
	}
	return text, nil
}
