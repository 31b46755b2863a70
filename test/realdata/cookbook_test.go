package realdata

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/config"
)

const cookbook = "../../examples/alerting/cookbook/"

// The rules of docs/cookbook.md are those of its example, and the example is valid.
func TestTheCookbookIsItsExample(t *testing.T) {
	if _, err := config.Load(filepath.FromSlash(cookbook + "hms.yaml")); err != nil {
		t.Fatal(err)
	}
	var example string
	files, err := filepath.Glob(cookbook + "rules/*.yaml")
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, cookbook+"hms.yaml", cookbook+"alertmanager.yml") {
		text, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			t.Fatal(err)
		}
		example += plain(string(text))
	}
	found := yamlBlocks(t, "cookbook.md")
	if len(found) != 13 {
		t.Errorf("docs/cookbook.md shows %d blocks, expected 13", len(found))
	}
	for _, block := range found {
		if !strings.Contains(example, plain(strings.TrimPrefix(block, "kpi: call.service.level\n"))) {
			t.Errorf("this of docs/cookbook.md is not in examples/alerting/cookbook:\n%s", block)
		}
	}
}

// The configuration of the first e-mail is valid.
func TestTheFirstMailIsConfigured(t *testing.T) {
	found := yamlBlocks(t, "alerting.md")
	if len(found) != 2 {
		t.Fatalf("docs/alerting.md shows %d blocks, expected 2", len(found))
	}
	dir := t.TempDir()
	for i, name := range []string{"hms.yaml", "alertmanager.yml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(found[i]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(filepath.Join(dir, "hms.yaml"))
	if err != nil || c.Alerting.Alertmanager == "" || len(c.Thresholds) != 1 {
		t.Errorf("%+v %v", c.Alerting, err)
	}
}

func yamlBlocks(t *testing.T, page string) (all []string) {
	text, err := os.ReadFile(filepath.FromSlash("../../docs/" + page))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1])
	}
	return all
}

// plain is YAML without what its place in a file adds to it: the indentation, and
// the dash before the first key.
func plain(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimSpace(line), "- ")
	}
	return strings.Join(lines, "\n")
}
