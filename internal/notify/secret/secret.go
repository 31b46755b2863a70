// Package secret holds tokens and passwords of notifiers so that they are not
// printed by accident, and reads them from files. It knows nothing of what they
// are for; the notifiers' configurations use it.
package secret

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
)

// Text is a secret that the configuration gives. However it is printed, it
// shows that it is there and nothing else.
type Text string

const shown = "<secret>"

func (t Text) String() string {
	if t == "" {
		return ""
	}
	return shown
}

// GoString is what %#v prints.
func (t Text) GoString() string { return t.String() }

// Format is what any other verb prints.
func (t Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// LogValue is what a logger prints.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText serves JSON and whatever else asks for text.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalYAML hides it in a configuration that is shown.
func (t Text) MarshalYAML() (any, error) { return t.String(), nil }

// Reveal is the secret itself, for what sends it.
func (t Text) Reveal() string { return string(t) }

const maxFile = 64 << 10

// Read gives the secret that is written in the configuration, or else in a
// file. The file is read each time, so that a new secret needs no restart.
func Read(text Text, file string) (string, error) {
	if text != "" {
		return text.Reveal(), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	value := strings.TrimSpace(string(content))
	if value == "" || len(content) > maxFile {
		return "", errors.New("read a secret: " + file + " is empty or too large")
	}
	return value, nil
}
