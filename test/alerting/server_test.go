package alerting

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long the program may take over anything.
const patience = time.Minute

// build makes the program once for all tests.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "hms-alerting-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "hms-monitor")
	out, err := exec.Command("go", "build", "-o", binary, "../../cmd/hms-monitor").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if binary, err := build(); err == nil {
		os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(code)
}

// server is the program on one data directory, with the files of one
// configuration. It may be started and killed many times; each start gets a
// port of its own from the kernel.
type server struct {
	t       *testing.T
	binary  string
	dir     string // of the configuration
	args    []string
	client  *http.Client
	address string

	process *exec.Cmd
	ended   chan struct{} // closed when the process has ended

	mu  sync.Mutex
	log strings.Builder
}

// newServer writes the files, in which WEB and MAIL stand for the addresses of a
// sink. hms.yaml is the configuration.
func newServer(t *testing.T, to *sink, files map[string]string) *server {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, binary: binary, dir: t.TempDir(), client: &http.Client{Timeout: patience}}
	for name, text := range files {
		s.write(name, to.fill(text))
	}
	t.Cleanup(func() {
		if t.Failed() {
			s.explain()
		}
		s.kill()
	})
	return s
}

func (s *server) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		s.t.Fatal(err)
	}
}

// replace writes a file anew with one text in place of another.
func (s *server) replace(name, before, after string) {
	s.t.Helper()
	text := s.text(name)
	if !strings.Contains(text, before) {
		s.t.Fatalf("%s has no %q", name, before)
	}
	s.write(name, strings.Replace(text, before, after, 1))
}

func (s *server) text(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s *server) config() string { return filepath.Join(s.dir, "hms.yaml") }

var serving = regexp.MustCompile(`msg=serving url=(\S+)`)

// url is where the program served last; a watcher asks while it is started again.
func (s *server) url() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// start runs the program and returns once it serves and is ready.
func (s *server) start() {
	s.t.Helper()
	args := append([]string{"serve", "--config", s.config(), "--listen", "127.0.0.1:0", "--data-dir", filepath.Join(s.dir, "data")}, s.args...)
	process := exec.Command(s.binary, args...)
	stderr, err := process.StderrPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	said, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewReader(stderr)
		for {
			line, err := lines.ReadString('\n')
			s.mu.Lock()
			s.log.WriteString(line)
			s.mu.Unlock()
			if m := serving.FindStringSubmatch(line); m != nil {
				said <- m[1]
			}
			if err != nil {
				break
			}
		}
		process.Wait()
	}()
	s.process, s.ended = process, ended
	select {
	case address := <-said:
		s.mu.Lock()
		s.address = address
		s.mu.Unlock()
	case <-ended:
		s.t.Fatalf("the server ended before it served: %v\n%s", process.ProcessState, s.logged())
	case <-time.After(patience):
		s.t.Fatalf("the server did not say within %s where it serves", patience)
	}
}

func (s *server) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// kill is kill -9.
func (s *server) kill() {
	if s.ended == nil {
		return
	}
	s.process.Process.Kill()
	<-s.ended
}

// stop ends the program in order and tells how long that took.
func (s *server) stop() time.Duration {
	s.t.Helper()
	begun := time.Now()
	s.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatalf("the server did not end within %s", patience)
	}
	if !s.process.ProcessState.Success() {
		s.t.Fatalf("the server ended with %v", s.process.ProcessState)
	}
	return time.Since(begun)
}

func (s *server) restart() {
	s.t.Helper()
	s.stop()
	s.start()
}

// hup has the configuration read again, and gives the line of the log that says
// what came of it.
func (s *server) hup() string {
	s.t.Helper()
	before := len(s.logged())
	s.process.Process.Signal(syscall.SIGHUP)
	said := ""
	s.await("an answer to HUP", func() bool {
		for line := range strings.Lines(s.logged()[before:]) {
			if strings.Contains(line, "reloaded") && strings.HasSuffix(line, "\n") {
				said = line
				return true
			}
		}
		return false
	})
	return said
}

// check runs `hms-monitor check`.
func (s *server) check() (said string, valid bool) {
	out, err := exec.Command(s.binary, "check", "--config", s.config()).CombinedOutput()
	return string(out), err == nil
}

// await polls until the condition holds.
func (s *server) await(what string, holds func() bool) {
	s.t.Helper()
	awaitWithin(s.t, patience, what, holds)
}

func awaitWithin(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(limit)
	every := time.NewTicker(10 * time.Millisecond)
	defer every.Stop()
	for !holds() {
		select {
		case <-every.C:
		case <-deadline:
			t.Fatalf("%s: not within %s", what, limit)
		}
	}
}

// ready returns once /api/v2 answers.
func (s *server) ready() {
	s.t.Helper()
	s.await("/api/v2 answers", func() bool {
		status, _, err := s.try(http.MethodGet, "/api/v2/status", "")
		return err == nil && status == http.StatusOK
	})
}

// quiet lets time pass in which nothing is to happen.
func quiet(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

// explain prints the end of what the program logged, with what each goroutine is
// doing if it still runs.
func (s *server) explain() {
	if s.ended != nil {
		s.process.Process.Signal(syscall.SIGQUIT)
		select {
		case <-s.ended:
		case <-time.After(10 * time.Second):
		}
	}
	file, err := os.CreateTemp("", "hms-alerting-*.log")
	if err != nil {
		return
	}
	defer file.Close()
	file.WriteString(s.logged())
	s.t.Logf("the server's log is in %s", file.Name())
}
