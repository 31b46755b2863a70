// Package units reads the sizes and durations of the configuration: "16MiB",
// "10m", "400d". It knows YAML's scalars and nothing of what they configure.
package units

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Bytes is a number of bytes, written as 512, 16KiB, 16MiB or 2GiB.
type Bytes int64

// Duration is a span, written as Go writes it, or in days: 90s, 10m, 24h, 400d, 0.
type Duration time.Duration

var byteUnits = [...]struct {
	suffix string
	size   int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

// ParseBytes reads a size.
func ParseBytes(text string) (Bytes, error) {
	number, size := text, int64(1)
	for _, u := range byteUnits {
		if head, ok := strings.CutSuffix(text, u.suffix); ok {
			number, size = strings.TrimSpace(head), u.size
			break
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !(v >= 0 && v*float64(size) <= math.MaxInt64/2) { // NaN is neither
		return 0, fmt.Errorf("%q is no size: write it as 16MiB, 2GiB or a number of bytes", text)
	}
	return Bytes(v * float64(size)), nil
}

// ParseDuration reads a duration.
func ParseDuration(text string) (Duration, error) {
	bad := fmt.Errorf("%q is no duration: write it as 90s, 10m, 24h or 400d", text)
	if text == "0" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		v, err := strconv.ParseFloat(days, 64)
		if err != nil || !(math.Abs(v) <= 36500) {
			return 0, bad
		}
		return Duration(v * 24 * float64(time.Hour)), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, bad
	}
	return Duration(d), nil
}

// UnmarshalYAML takes a plain or quoted scalar.
func (b *Bytes) UnmarshalYAML(node []byte) (err error) {
	*b, err = ParseBytes(scalar(node))
	return err
}

// UnmarshalYAML takes a plain or quoted scalar.
func (d *Duration) UnmarshalYAML(node []byte) (err error) {
	*d, err = ParseDuration(scalar(node))
	return err
}

// MarshalYAML writes the size as it may be read again.
func (b Bytes) MarshalYAML() ([]byte, error) { return []byte(b.String()), nil }

// MarshalYAML writes the duration as it may be read again.
func (d Duration) MarshalYAML() ([]byte, error) { return []byte(d.String()), nil }

func (b Bytes) String() string {
	for i := 3; i >= 0; i-- {
		if u := byteUnits[i]; b != 0 && int64(b)%u.size == 0 {
			return strconv.FormatInt(int64(b)/u.size, 10) + u.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

func (d Duration) String() string {
	day := Duration(24 * time.Hour)
	if d != 0 && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	text := time.Duration(d).String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return text
}

func scalar(node []byte) string {
	text := strings.TrimSpace(string(node))
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		text = text[1 : n-1]
	}
	return text
}
