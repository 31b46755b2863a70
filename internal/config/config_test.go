package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/units"
)

func TestEmptyFileIsAllDefaults(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "thresholds:\n  case.resolved.rate: {warning: 5, critical: 2}\n"} {
		c, err := Parse("hms.yaml", []byte(text))
		if err != nil || !reflect.DeepEqual(c, Default()) {
			t.Fatalf("%q gives %+v, %v", text, c, err)
		}
	}
	if faults := Default().Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
}

func TestFileIsReadOverTheDefaults(t *testing.T) {
	c, err := Parse("hms.yaml", []byte(`
listen: 127.0.0.1:9000
store: {retention: 400d}
ingest: {max_body: 1MiB, dedupe_window: 1h, max_future: "5m"}
auth:
  tokens: [{name: permits-backend, hash: "sha256:`+strings.Repeat("0f", 32)+`", roles: [ingest]}]
thresholds:
  call.wait.p90: {warning: "> 60", critical: "> 300", by: [queue], for: 5m}
`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:9000" || c.Store.Retention != units.Duration(400*24*time.Hour) || c.Ingest.MaxBody != 1<<20 ||
		c.Ingest.MaxTags != 64 || len(c.Auth.Tokens) != 1 || c.Auth.Tokens[0].Roles[0] != "ingest" {
		t.Fatalf("%+v", c)
	}
	want := alert.Thresholds{"call.wait.p90": {Warning: alert.LimitOf("> 60"), Critical: alert.LimitOf("> 300"), By: []string{"queue"}, For: units.Duration(5 * time.Minute)}}
	if !reflect.DeepEqual(c.Thresholds, want) {
		t.Fatalf("thresholds %+v", c.Thresholds)
	}
}

func TestEveryFaultIsNamedWithItsPlace(t *testing.T) {
	_, err := Parse("hms.yaml", []byte(`listne: 127.0.0.1:9000
store: {engine: duckdb, retention: soon}
ingest:
  max_body: 16MiB
  max_tags: many
thresholds:
  case.resolved.rate: {warning: 5, critical: 2, hysterisis: 1}
`))
	expect(t, err,
		`hms.yaml:1:1: listne: is not a key here; did you mean "listen"?`,
		`hms.yaml:2:36: store.retention: "soon" is no duration: write it as 90s, 10m, 24h or 400d`,
		"hms.yaml:5:13: ingest.max_tags: ",
		`hms.yaml:7:49: thresholds.case.resolved.rate.hysterisis: is not a key here; did you mean "hysteresis"?`)
	_, err = Parse("hms.yaml", []byte(`listen: nowhere
store:
  engine: clickhouse
ingest: {max_tags: 0}
thresholds:
  a: {warning: 5, critical: 5}
`))
	expect(t, err,
		`hms.yaml:1:1: listen: "nowhere" is no address`,
		`hms.yaml:3:3: store.engine: "clickhouse" is not known`,
		`hms.yaml:4:10: ingest.max_tags: is 0, must be between 1 and 400`,
		`hms.yaml:6:19: thresholds.a.critical: `)
}

func expect(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(parts) {
		t.Errorf("%d faults, want %d", len(lines), len(parts))
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("no fault %q in\n%v", p, err)
		}
	}
}

func TestBrokenYAML(t *testing.T) {
	for _, text := range []string{"a: [", "\tlisten: x", "listen: a\nlisten: b", "- a", "7", "listen: [1, 2]", "store: x"} {
		if _, err := Parse("hms.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "hms.yaml:") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("listen: 127.0.0.1:1\nthresholds:\n  a: {warning: 1, critical: 2}\n")
	f.Add("auth: {tokens: [{name: a, roles: [read]}]}")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("f", []byte(text))
		if err == nil && len(c.Validate()) > 0 {
			t.Fatalf("%q was read without an error and is not valid", text)
		}
	})
}
