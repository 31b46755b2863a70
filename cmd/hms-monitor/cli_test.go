package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/cli.md anew")

// TestCommandLineReference holds docs/cli.md to what --help prints.
func TestCommandLineReference(t *testing.T) {
	page := "# Command line\n\nWhat `hms-monitor --help` prints; a test keeps this page true.\n"
	for _, command := range []string{"", "serve", "check", "track", "import", "demo", "kpi", "kpi list", "kpi show", "kpi history", "kpi test", "alert list", "alert explain", "alert backtest", "test rules", "token new"} {
		var out bytes.Buffer
		args := append(strings.Fields(command), "--help")
		if code := run(context.Background(), args, &out, &out); code != 0 {
			t.Fatalf("%v ended with %d", args, code)
		}
		page += "\n## " + strings.TrimSpace("hms-monitor "+command) + "\n\n```\n" + strings.TrimSpace(out.String()) + "\n```\n"
	}
	const path = "../../docs/cli.md"
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != page {
		t.Fatalf("docs/cli.md is not what --help prints (%v): go test ./cmd/hms-monitor -update", err)
	}
}

func TestExitCodes(t *testing.T) {
	bad := t.TempDir() + "/bad.yaml"
	if err := os.WriteFile(bad, []byte("listne: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--version"}, 0, "dev"},
		{[]string{"check"}, 0, ""},
		{[]string{"check", "--config", bad}, 1, `bad.yaml:1:1: listne: is not a key here; did you mean "listen"?`},
		{[]string{"serve", "--config", bad}, 1, "listne"},
		{[]string{"fly"}, 2, "fly"},
		{[]string{"serve", "--listen", "0.0.0.0:0", "--data-dir", t.TempDir()}, 1, "--insecure"},
		{[]string{"serve", "--debug-listen", "0.0.0.0:6060", "--data-dir", t.TempDir()}, 1, "loopback"},
		{[]string{"track", "a", "b", "--url", "http://127.0.0.1:1"}, 1, "finite number"},
	} {
		var out bytes.Buffer
		if code := run(t.Context(), test.args, &out, &out); code != test.code || !strings.Contains(out.String(), test.says) {
			t.Errorf("%v ended with %d and %q, want %d and %q", test.args, code, out.String(), test.code, test.says)
		}
	}
}
