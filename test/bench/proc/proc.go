//go:build linux

// Package proc starts a server as a process of its own, learns its address,
// and reads from /proc what it costs. The benchmark program calls it; it ends
// only what it started.
package proc

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"time"
)

// Process is a server under measurement.
type Process struct {
	Addr string
	cmd  *exec.Cmd
	out  *os.File
	done chan struct{}
}

const (
	startPatience = 5 * time.Minute // opening a large store may take its time
	stopPatience  = time.Minute
)

// Start runs a command that says on its output where it listens: the first
// 127.0.0.1:PORT. Its output goes to the file log.
func Start(ctx context.Context, log string, name string, args ...string) (*Process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = write, write
	// It must not outlive the benchmark, however that ends.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	err = cmd.Start()
	write.Close()
	if err != nil {
		return nil, errors.Join(err, read.Close(), out.Close())
	}
	p := &Process{cmd: cmd, out: out, done: make(chan struct{})}
	addr := make(chan string, 1)
	go func() {
		copyOutput(out, read, addr)
		_ = cmd.Wait() // the exit state is of no interest: Stop and Kill end it
		close(p.done)
	}()
	select {
	case p.Addr = <-addr:
		return p, nil
	case <-p.done:
		text, _ := os.ReadFile(log)
		return nil, fmt.Errorf("%s ended at its start: %.400s", name, bytes.TrimSpace(text))
	case <-time.After(startPatience):
		p.Kill()
		return nil, fmt.Errorf("%s does not say where it listens", name)
	case <-ctx.Done():
		p.Kill()
		return nil, ctx.Err()
	}
}

func copyOutput(to io.Writer, from io.ReadCloser, addr chan<- string) {
	defer from.Close()
	listening := regexp.MustCompile(`127\.0\.0\.1:[1-9][0-9]*`)
	found := false
	for lines := bufio.NewReader(from); ; {
		line, err := lines.ReadBytes('\n')
		_, _ = to.Write(line)
		if m := listening.Find(line); m != nil && !found {
			addr <- string(m)
			found = true
		}
		if err != nil {
			return
		}
	}
}

// Stop asks it to end, and waits until it has.
func (p *Process) Stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // gone already: done says so
	select {
	case <-p.done:
		return p.out.Close()
	case <-time.After(stopPatience):
		p.Kill()
		return fmt.Errorf("process %d did not end within %v of SIGTERM", p.cmd.Process.Pid, stopPatience)
	}
}

// Kill ends it at once.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
	_ = p.out.Close()
}
