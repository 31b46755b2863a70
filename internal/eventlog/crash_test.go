package eventlog_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/eventlog"
)

const crashDir = "EVENTLOG_TEST_CRASH_DIR"

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		fmt.Fprintln(os.Stderr, appendForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// appendForever prints each payload once it is acknowledged, and purges what
// it said long ago.
func appendForever(dir string) error {
	l, err := eventlog.Open(testContext(), eventlog.Options{Dir: dir, MinFree: 1, Keep: -1})
	if err != nil {
		return err
	}
	failed := make(chan error)
	var mu sync.Mutex
	for s := range 4 {
		go func() {
			filler := strings.Repeat("x", 50<<s*3)
			for i := 0; ; i++ {
				text := fmt.Sprintf("%d/%d/%d/%s", os.Getpid(), s, i, filler)
				ack, err := l.Append(testContext(), []byte(text))
				if err != nil {
					failed <- err
				}
				mu.Lock()
				fmt.Printf("%d %s\n", ack.Seq, text)
				mu.Unlock()
				if s == 0 && i%10 == 9 && ack.Seq > 100 {
					if err := l.Purge(testContext(), ack.Seq-100); err != nil {
						failed <- err
					}
				}
			}
		}()
	}
	return <-failed
}

func TestKillLosesNothingAcknowledged(t *testing.T) {
	dir := t.TempDir()
	acked := map[uint64]string{}
	var last uint64
	for round := range 5 {
		for seq, text := range killed(t, dir, 60+100*round) {
			if other, twice := acked[seq]; twice {
				t.Fatalf("number %d given to %.30q and %.30q", seq, other, text)
			}
			acked[seq] = text
			last = max(last, seq)
		}
	}
	l := open(t, eventlog.Options{Dir: dir, MinFree: 1})
	end, err := l.Last(within(t))
	if err != nil || end < last {
		t.Fatalf("the log ends at %d, %v; %d was acknowledged", end, err, last)
	}
	// At least the last 100 before the last acknowledged were never purged.
	messages, _ := follow(t, l, last-100)
	expect(t, messages, last-100, end, func(seq uint64) string {
		if text, ok := acked[seq]; ok {
			return text
		}
		m := <-probe(t, l, seq) // stored, but its acknowledgement did not get out
		return string(m.Data)
	})
}

// Power can fail in the middle of a write: half a record at the end, and no
// state file. What was acknowledged before is whole.
func TestTornTail(t *testing.T) {
	dir := t.TempDir()
	l := open(t, eventlog.Options{Dir: dir, MinFree: 1})
	for seq := uint64(1); seq <= 20; seq++ {
		appendText(t, l, numbered(seq))
	}
	l.Close()
	msgs := filepath.Join(dir, "jetstream", "$G", "streams", eventlog.DefaultStream, "msgs")
	if err := os.Remove(filepath.Join(msgs, "index.db")); err != nil {
		t.Fatal(err)
	}
	block, err := os.OpenFile(filepath.Join(msgs, "1.blk"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	whole := make([]byte, 60)
	_, err = block.ReadAt(whole, 0)
	end, _ := block.Seek(0, io.SeekEnd)
	if _, torn := block.WriteAt(whole[:40], end); err != nil || torn != nil {
		t.Fatal(err, torn)
	}
	block.Close()

	l = open(t, eventlog.Options{Dir: dir, MinFree: 1})
	if got := appendText(t, l, numbered(21)); got != 21 {
		t.Fatalf("numbers go on with %d", got)
	}
	messages, _ := follow(t, l, 1)
	expect(t, messages, 1, 21, numbered)
}

func probe(t *testing.T, l *eventlog.Log, seq uint64) <-chan eventlog.Message {
	messages, _ := follow(t, l, seq)
	return messages
}

// killed runs appendForever, kills it after so many acknowledgements, and
// gives what it acknowledged.
func killed(t *testing.T, dir string, after int) map[uint64]string {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { child.Process.Kill() })
	defer watchdog.Stop()
	acked := map[uint64]string{}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line without its end was not said
		}
		var seq uint64
		number, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if _, err := fmt.Sscan(number, &seq); err != nil {
			t.Fatalf("%.60q: %v", line, err)
		}
		acked[seq] = text
		if len(acked) == after {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(acked) < after {
		t.Fatalf("the child ended by itself after %d acknowledgements: %v", len(acked), err)
	}
	return acked
}
