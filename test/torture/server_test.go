package torture

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// patience is how long the program may take over anything on a machine that has
// other things to do: this is no test of speed.
const patience = 2 * time.Minute

// build makes the program once for all tests.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "hms-torture-")
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

// server is the program on one data directory. It may be started and killed
// many times; each start gets a port of its own from the kernel.
type server struct {
	t       *testing.T
	binary  string
	dir     string
	config  string
	client  *http.Client
	log     *os.File
	address atomic.Pointer[string]

	process *exec.Cmd
	ended   chan struct{} // closed when the process has ended
}

func newServer(t *testing.T, dir, config string) *server {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, binary: binary, dir: dir, client: &http.Client{Timeout: patience}}
	s.config = filepath.Join(t.TempDir(), "hms.yaml")
	if err := os.WriteFile(s.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.log, err = os.CreateTemp("", "hms-torture-*.log"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			s.explain()
		}
		s.kill()
		s.log.Close()
		if !t.Failed() {
			os.Remove(s.log.Name())
		}
	})
	return s
}

var serving = regexp.MustCompile(`msg=serving url=(\S+)`)

// launch runs the program; said gives its URL once it serves.
func (s *server) launch() (said <-chan string) {
	s.t.Helper()
	process := exec.Command(s.binary, "serve", "--config", s.config, "--listen", "127.0.0.1:0", "--data-dir", s.dir)
	stderr, err := process.StderrPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	url, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewReader(stderr)
		for {
			line, err := lines.ReadString('\n')
			if !strings.Contains(line, "msg=alert ") {
				s.log.WriteString(line)
			}
			if m := serving.FindStringSubmatch(line); m != nil {
				url <- m[1]
			}
			if err != nil {
				break
			}
		}
		process.Wait()
	}()
	s.process, s.ended = process, ended
	return url
}

// start runs the program and returns once it serves.
func (s *server) start() {
	s.t.Helper()
	said := s.launch()
	select {
	case url := <-said:
		s.address.Store(&url)
	case <-s.ended:
		s.t.Fatalf("the server ended before it served: %v", s.process.ProcessState)
	case <-time.After(patience):
		s.t.Fatalf("the server did not say within %s where it serves", patience)
	}
}

// running tells whether the program has not ended by itself.
func (s *server) running() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// kill is kill -9.
func (s *server) kill() {
	if s.ended == nil {
		return
	}
	s.process.Process.Kill()
	<-s.ended
}

func (s *server) url(path string) string { return *s.address.Load() + path }

func (s *server) get(ctx context.Context, path string) (status int, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url(path), nil)
	if err != nil {
		return 0, nil, err
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// await polls until the condition holds.
func (s *server) await(what string, holds func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for !holds() {
		select {
		case <-every.C:
		case <-ctx.Done():
			s.t.Fatalf("%s: not within %s", what, patience)
		}
	}
}

func (s *server) awaitStatus(path string, want int) (body []byte) {
	s.t.Helper()
	s.await(fmt.Sprintf("GET %s answers %d", path, want), func() bool {
		status, got, err := s.get(s.t.Context(), path)
		body = got
		return err == nil && status == want
	})
	return body
}

// explain keeps what the program logged, with what each goroutine is doing if
// it still runs, and prints the beginning of it.
func (s *server) explain() {
	if s.ended != nil && s.running() {
		s.process.Process.Signal(syscall.SIGQUIT)
		<-s.ended
	}
	s.t.Logf("the server's whole log is in %s", s.log.Name())
	said := make([]byte, 8<<10)
	n, _ := s.log.ReadAt(said, 0)
	s.t.Logf("it begins with:\n%s", said[:n])
}
