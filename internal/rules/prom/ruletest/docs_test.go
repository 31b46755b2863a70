package ruletest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheManualHolds runs the test in docs/rules.md on the rules there.
func TestTheManualHolds(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	written := 0
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		name := map[bool]string{true: "office.yaml", false: "tests.yaml"}[strings.Contains(m[1], "\ngroups:")]
		if !strings.Contains(m[1], "\ngroups:") && !strings.Contains(m[1], "rule_files:") {
			continue
		}
		written++
		if err := os.WriteFile(filepath.Join(dir, name), []byte(m[1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if failures := run(t, filepath.Join(dir, "tests.yaml")); written != 2 || failures != "" {
		t.Error(written, failures)
	}
}
