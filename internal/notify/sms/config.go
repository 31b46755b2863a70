package sms

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/notify/secret"
)

// Config is one entry of a receiver's `sms` list.
type Config struct {
	// To are the numbers, in E.164 form: +16175551234.
	To []string `yaml:"to"`
	// From is the sender: a number, a short code or a name; or else
	// MessagingServiceSID names a pool of senders.
	From                string `yaml:"from"`
	MessagingServiceSID string `yaml:"messaging_service_sid"`
	// AccountSID and AuthToken are the provider's credentials. An API key may
	// take their place for sending: its name in APIKey, its secret as the token;
	// then receipts, which the account's token signs, are not taken.
	AccountSID    string      `yaml:"account_sid"`
	APIKey        string      `yaml:"api_key"`
	AuthToken     secret.Text `yaml:"auth_token"`
	AuthTokenFile string      `yaml:"auth_token_file"`
	// BaseURL is the provider's address; default that of Twilio. Compatible
	// providers have the same paths below theirs.
	BaseURL string `yaml:"base_url"`
	// Text is a template of the Alertmanager's kind; default a plain sentence.
	Text string `yaml:"text"`
	// MaxSegments bounds the length: a segment has 153 characters, or 67 where
	// one of them is outside the GSM alphabet. Default 3.
	MaxSegments int `yaml:"max_segments"`
	// SendResolved: default true.
	SendResolvedAlerts *bool         `yaml:"send_resolved"`
	Timeout            time.Duration `yaml:"timeout"`
}

const (
	defaultBase     = "https://api.twilio.com"
	defaultSegments = 3
	maxSegments     = 10
	maxNumbers      = 50
)

var (
	e164   = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	sender = regexp.MustCompile(`^(\+[1-9][0-9]{6,14}|[0-9]{3,8}|[A-Za-z0-9 ]{1,11})$`)
	sid    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// Validate reports every fault. It reads no file; New does.
func (c *Config) Validate() (faults fault.List) {
	switch {
	case len(c.To) == 0:
		faults.Add("name at least one number", "to")
	case len(c.To) > maxNumbers:
		faults.Add(fmt.Sprintf("has %d numbers, at most %d", len(c.To), maxNumbers), "to")
	}
	seen := map[string]bool{}
	for i, number := range c.To {
		switch {
		case !e164.MatchString(number):
			faults.Add("is no phone number in E.164 form: write +, the country and the number without spaces, as in \"+16175551234\"", "to", strconv.Itoa(i))
		case seen[number]:
			faults.Add("is in the list already", "to", strconv.Itoa(i))
		}
		seen[number] = true
	}
	if (c.From == "") == (c.MessagingServiceSID == "") {
		faults.Add("give either from or messaging_service_sid", "from")
	} else if c.From != "" && !sender.MatchString(c.From) {
		faults.Add("is no sender: write a number as in \"+16175551234\", a short code, or a name of up to 11 letters and digits", "from")
	}
	for _, id := range []struct {
		key, value string
		needed     bool
	}{
		{"account_sid", c.AccountSID, true},
		{"api_key", c.APIKey, false},
		{"messaging_service_sid", c.MessagingServiceSID, false},
	} {
		if (id.needed || id.value != "") && !sid.MatchString(id.value) {
			faults.Add("must be an id as the provider shows it: letters, digits, - and _", id.key)
		}
	}
	if (c.AuthToken == "") == (c.AuthTokenFile == "") {
		faults.Add("give either auth_token or auth_token_file", "auth_token")
	}
	c.validateRest(&faults)
	return faults
}

// CheckFiles reports files that cannot be read, once Resolve has found them.
func (c *Config) CheckFiles() (faults fault.List) {
	if c.AuthTokenFile != "" {
		if _, err := secret.Read("", c.AuthTokenFile); err != nil {
			faults.Add(err.Error(), "auth_token_file")
		}
	}
	return faults
}

func (c *Config) validateRest(faults *fault.List) {
	if u, err := url.Parse(c.base()); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		faults.Add("must look like https://api.example.com", "base_url")
	} else if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		faults.Add("must hold no user, password, query or fragment; credentials have keys of their own", "base_url")
	}
	if c.MaxSegments < 0 || c.MaxSegments > maxSegments {
		faults.Add(fmt.Sprintf("is %d, must be between 1 and %d", c.MaxSegments, maxSegments), "max_segments")
	}
	if c.Timeout != 0 && (c.Timeout < time.Second || c.Timeout > 5*time.Minute) {
		faults.Add(fmt.Sprintf("is %s, must be between 1s and 5m", c.Timeout), "timeout")
	}
}

// Resolve lets relative paths start at the folder of the configuration file.
func (c *Config) Resolve(folder string) {
	if c.AuthTokenFile != "" && !filepath.IsAbs(c.AuthTokenFile) {
		c.AuthTokenFile = filepath.Join(folder, c.AuthTokenFile)
	}
}

// SendResolved is what the Alertmanager's pipeline asks.
func (c *Config) SendResolved() bool { return c.SendResolvedAlerts == nil || *c.SendResolvedAlerts }

func (c *Config) base() string {
	if c.BaseURL == "" {
		return defaultBase
	}
	return c.BaseURL
}

func (c *Config) segments() int {
	if c.MaxSegments == 0 {
		return defaultSegments
	}
	return c.MaxSegments
}
