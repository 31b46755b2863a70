package secret_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/hms-ops/hms-monitor/internal/notify/secret"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	v := struct {
		Token secret.Text `yaml:"token" json:"token"`
	}{"hunter2"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v.Token, "all", v)
	j, _ := json.Marshal(v)
	y, _ := yaml.Marshal(v)
	for _, text := range []string{
		fmt.Sprint(v), fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v.Token, v.Token, v.Token, v.Token), log.String(), string(j), string(y),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
			t.Errorf("%q shows the secret", text)
		}
	}
	if err := yaml.Unmarshal([]byte("token: abc"), &v); err != nil || v.Token.Reveal() != "abc" {
		t.Errorf("read back: %v", err)
	}
}

func TestSecretFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if _, err := secret.Read("", path); err == nil {
		t.Error("read a file that is not there")
	}
	if err := os.WriteFile(path, []byte(" abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := secret.Read("", path); got != "abc" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := secret.Read("direct", path); got != "direct" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if err := os.WriteFile(path, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Read("", path); err == nil {
		t.Error("an empty file is a secret")
	}
}
