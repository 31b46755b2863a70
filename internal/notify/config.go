package notify

import (
	"fmt"
	"net/url"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// Config is what the configuration's section `alerting` says of notifications.
type Config struct {
	// Alertmanager is the file that routes notifications, in the format of the
	// Alertmanager's own configuration; "" for none.
	Alertmanager string `yaml:"alertmanager"`
	// ExternalURL is the address under which people reach this server: links in
	// notifications start with it.
	ExternalURL string `yaml:"external_url"`
}

// Validate reports every fault of the section. What the file says is checked
// by Load.
func (c Config) Validate() fault.List {
	var faults fault.List
	if _, err := c.URL(); err != nil {
		faults.Add(err.Error(), "external_url")
	}
	return faults
}

// URL is ExternalURL parsed; nil where none is given.
func (c Config) URL() (*url.URL, error) {
	if c.ExternalURL == "" {
		return nil, nil
	}
	u, err := url.Parse(c.ExternalURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no address of a web page: write http:// or https:// and the host, as in https://monitor.example.org", c.ExternalURL)
	}
	return u, nil
}
