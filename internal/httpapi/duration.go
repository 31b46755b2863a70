package httpapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/units"
)

// duration is a length of time in a query, written as in the configuration or
// in milliseconds.
type duration struct{ time.Duration }

// UnmarshalText reads either form.
func (d *duration) UnmarshalText(text []byte) error {
	s := string(text)
	read, err := units.ParseDuration(s)
	if ms, notInt := strconv.ParseInt(s, 10, 64); notInt == nil {
		read, err = units.Duration(ms*1e6), nil
		if ms > longest.Milliseconds() {
			read = -1
		}
	}
	if err != nil {
		return err
	}
	if time.Duration(read) < time.Millisecond || time.Duration(read) > longest {
		return fmt.Errorf("%q is out of range: write a length of time from 1ms to 36500d", s)
	}
	d.Duration = time.Duration(read)
	return nil
}

const longest = 36500 * 24 * time.Hour

// Schema tells OpenAPI the two forms.
func (duration) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Description: "A length of time, as in 90s, 15m, 1h or 7d; or milliseconds.", Examples: []any{"7d"}}
}

// durationText writes a length of time as short as it can be read again.
func durationText(d units.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
