package alerting

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// amtool is the Alertmanager's own client, as Debian's package
// prometheus-alertmanager has it.
func amtool(t *testing.T) func(args ...string) string {
	t.Helper()
	path, err := exec.LookPath(cmp.Or(os.Getenv("AMTOOL"), "amtool"))
	if err != nil {
		t.Skip("amtool is not installed: it comes with Debian's package prometheus-alertmanager; AMTOOL may name it")
	}
	home := t.TempDir()
	return func(args ...string) string {
		t.Helper()
		c := exec.Command(path, args...)
		c.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home)
		var complaints strings.Builder // about other versions as well
		c.Stderr = &complaints
		out, err := c.Output()
		if err != nil {
			t.Fatalf("amtool %s: %v\n%s%s", strings.Join(args, " "), err, out, complaints.String())
		}
		return string(out)
	}
}

func TestAmtoolChecksTheExample(t *testing.T) {
	t.Parallel()
	tool := amtool(t)
	if said := tool("check-config", filepath.Join("..", "..", "examples", "alerting", "alertmanager.yml")); !strings.Contains(said, "SUCCESS") {
		t.Errorf("amtool says of the example: %s", said)
	}
}

func TestAmtoolWorksWithAlertsAndSilences(t *testing.T) {
	t.Parallel()
	tool := amtool(t)
	to := newSink(t)
	s := newServer(t, to, eachAlone)
	s.start()
	s.ready()
	ask := func(args ...string) string {
		t.Helper()
		return tool(append(args, "--alertmanager.url="+s.url())...)
	}
	s.value("page", 1, "n", "1")
	to.await("/signed", 1)
	if said := ask("alert", "query", "-o", "extended"); !strings.Contains(said, `n="1"`) || !strings.Contains(said, "active") {
		t.Errorf("amtool alert query: %s", said)
	}
	if said := ask("config", "show"); !strings.Contains(said, "group_interval: 100ms") {
		t.Errorf("amtool config show: %s", said)
	}
	if said := ask("cluster", "show"); said == "" {
		t.Error("amtool cluster show says nothing")
	}
	id := strings.TrimSpace(ask("silence", "add", "alertname=page", "n=~[2-9]", "-c", "moving house", "-a", "kim", "-d", "1h"))
	for name, again := range map[string]func(){"kill": s.kill, "stop": func() { s.stop() }} {
		again()
		s.start()
		s.ready()
		if said := ask("silence", "query"); !strings.Contains(said, id) || !strings.Contains(said, "moving house") {
			t.Fatalf("after a %s, amtool silence query: %s", name, said)
		}
	}
	s.value("page", 1, "n", "2")
	s.await("the silenced alert is listed", func() bool { return strings.Contains(ask("alert", "query", "--silenced", "n=2"), "page") })
	quiet(t, 500*time.Millisecond)
	same(t, "told beside the silence", to.toldOnce("/signed"), []string{"firing page/critical n=1"})
	if said := ask("alert", "query", "n=2"); strings.Contains(said, "page") {
		t.Errorf("a silenced alert is listed as active: %s", said)
	}
	ask("silence", "expire", id)
	to.await("/signed", 2) // what was hidden is told now
	if said := ask("silence", "query"); strings.Contains(said, id) {
		t.Errorf("an expired silence is in force: %s", said)
	}
	if said := ask("silence", "query", "--expired"); !strings.Contains(said, id) {
		t.Errorf("an expired silence is not listed as such: %s", said)
	}
	s.kill()
	s.start()
	quiet(t, 500*time.Millisecond)
	same(t, "told in the end", to.toldOnce("/signed"), []string{"firing page/critical n=1", "firing page/critical n=2"})
}

// Clients of the Alertmanager compare its version with their own, amtool aloud.
func TestStatusNamesTheVersionBuiltIn(t *testing.T) {
	t.Parallel()
	required, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`prometheus/alertmanager v(\S+)`).FindSubmatch(required)
	if want == nil {
		t.Fatal("go.mod does not name the Alertmanager's packages")
	}
	s := newServer(t, newSink(t), eachAlone)
	s.start()
	s.ready()
	type status struct {
		VersionInfo struct {
			Version string `json:"version"`
		} `json:"versionInfo"`
	}
	s.await("/api/v2 answers", func() bool { code, _ := s.call("GET", "/api/v2/status", ""); return code == 200 })
	if got := read[status](s, "/api/v2/status").VersionInfo.Version; got != string(want[1]) {
		t.Errorf("the version is %q, built in is %s", got, want[1])
	}
}
