package units

import (
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func TestSizes(t *testing.T) {
	for text, want := range map[string]Bytes{
		"0": 0, "512": 512, "16KiB": 16 << 10, "16 MiB": 16 << 20, "1.5GiB": 3 << 29, "2TiB": 2 << 40, "10kB": 10_000, "3MB": 3_000_000, "7B": 7,
	} {
		if got, err := ParseBytes(text); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1e30", "16Mib", "NaN", "ten"} {
		if got, err := ParseBytes(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "90s": 90 * time.Second, "10m": 10 * time.Minute, "400d": 9600 * time.Hour, "0.5d": 12 * time.Hour} {
		if got, err := ParseDuration(text); err != nil || time.Duration(got) != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "d", "1e9d", "soon", "NaNd"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

// What is written can be read again, and is the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add(int64(16<<20), int64(time.Hour))
	f.Add(int64(0), int64(0))
	f.Fuzz(func(t *testing.T, size, span int64) {
		size &= 1<<50 - 1 // a float holds it exactly
		type pair struct {
			Size Bytes
			Span Duration
		}
		in := pair{Bytes(size), Duration(span)}
		text, err := yaml.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out pair
		if err := yaml.UnmarshalWithOptions(text, &out, yaml.Strict()); err != nil || out.Size != in.Size {
			t.Fatalf("%s: %+v, %v", text, out, err)
		}
		if days := in.Span / Duration(24*time.Hour); out.Span != in.Span && (days < 36500 && days > -36500) {
			t.Fatalf("%s: %v is not %v", text, out.Span, in.Span)
		}
	})
}
