//go:build linux

package load

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
	"unsafe"
)

// poller waits for sockets, and for a moment given to the nanosecond.
type poller struct {
	epoll, timer int
	events       []syscall.EpollEvent
}

const timerID = -1

func newPoller() (*poller, error) {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	const monotonic = 1
	timer, _, errno := syscall.RawSyscall(syscall.SYS_TIMERFD_CREATE, monotonic, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errno != 0 {
		syscall.Close(epoll)
		return nil, fmt.Errorf("timer: %w", errno)
	}
	p := &poller{epoll: epoll, timer: int(timer), events: make([]syscall.EpollEvent, 512)}
	return p, p.add(p.timer, timerID)
}

// add watches a socket for both directions, edge-triggered: an event means
// that there is something to do until it would block.
func (p *poller) add(fd, id int) error {
	const edge = 1 << 31
	e := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLOUT | edge, Fd: int32(id)}
	if err := syscall.EpollCtl(p.epoll, syscall.EPOLL_CTL_ADD, fd, &e); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	return nil
}

// wakeIn ends a wait after d at the latest.
func (p *poller) wakeIn(d time.Duration) {
	var spec [4]int64 // interval, value: seconds and nanoseconds each
	d = max(d, 1)
	spec[2], spec[3] = int64(d/time.Second), int64(d%time.Second)
	_, _, _ = syscall.RawSyscall6(syscall.SYS_TIMERFD_SETTIME, uintptr(p.timer), 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
}

// wait calls ready for each socket with something to do. It returns every
// 100 ms at the latest, with an error once ctx is done.
func (p *poller) wait(ctx context.Context, ready func(id int) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n, err := syscall.EpollWait(p.epoll, p.events, 100)
	if err != nil && !errors.Is(err, syscall.EINTR) {
		return fmt.Errorf("epoll: %w", err)
	}
	for _, e := range p.events[:max(n, 0)] {
		if e.Fd == timerID {
			var expirations [8]byte
			_, _ = syscall.Read(p.timer, expirations[:])
			continue
		}
		if err := ready(int(e.Fd)); err != nil {
			return err
		}
	}
	return nil
}

func (p *poller) close() {
	syscall.Close(p.timer)
	syscall.Close(p.epoll)
}
