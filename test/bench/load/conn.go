//go:build linux

package load

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// conn is a non-blocking connection.
type conn struct {
	fd      int
	out, in []byte // still to be written; read and not yet understood
}

func dial(addr string) (*conn, error) {
	tcp, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	to := syscall.SockaddrInet4{Port: tcp.Port}
	copy(to.Addr[:], tcp.IP.To4())
	for _, step := range []func() error{
		func() error { return syscall.Connect(fd, &to) },
		func() error { return syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1) },
		func() error { return syscall.SetNonblock(fd, true) },
	} {
		if err := step(); err != nil {
			syscall.Close(fd)
			return nil, fmt.Errorf("connect to %s: %w", addr, err)
		}
	}
	return &conn{fd: fd}, nil
}

func (c *conn) close() { syscall.Close(c.fd) }

// flush writes what the socket takes.
func (c *conn) flush() error {
	for len(c.out) > 0 {
		n, err := syscall.Write(c.fd, c.out)
		switch {
		case errors.Is(err, syscall.EAGAIN):
			return nil
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return fmt.Errorf("write: %w", err)
		default:
			c.out = c.out[n:]
		}
	}
	return nil
}

var errClosed = errors.New("the server closed the connection")

// fill reads what there is, by way of a buffer that connections share.
func (c *conn) fill(shared []byte, take func([]byte) error) error {
	for {
		n, err := syscall.Read(c.fd, shared)
		switch {
		case errors.Is(err, syscall.EAGAIN):
			return nil
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case n == 0:
			return errClosed
		}
		if err := take(shared[:n]); err != nil {
			return err
		}
		if n < len(shared) {
			return nil
		}
	}
}

// answer takes one whole response off the input; status 0 if it is not all there.
func (c *conn) answer() (status int, body []byte, err error) {
	head := bytes.Index(c.in, []byte("\r\n\r\n"))
	if head < 0 {
		return 0, nil, nil
	}
	if status, err = statusOf(c.in); err != nil {
		return 0, nil, err
	}
	end := head + 4
	if status != 204 && status != 304 {
		n, err := contentLength(c.in[:head])
		if err != nil {
			return 0, nil, err
		}
		if end += n; len(c.in) < end {
			return 0, nil, nil
		}
	}
	body = c.in[head+4 : end]
	c.in = c.in[:copy(c.in, c.in[end:])]
	return status, body, nil
}

func statusOf(answer []byte) (int, error) {
	if len(answer) < 12 || !bytes.HasPrefix(answer, []byte("HTTP/1.1 ")) {
		return 0, fmt.Errorf("not an HTTP answer: %.40q", answer)
	}
	return strconv.Atoi(string(answer[9:12]))
}

func contentLength(head []byte) (int, error) {
	const name = "\r\ncontent-length:"
	for i := 0; i+len(name) < len(head); i++ {
		if head[i] == '\r' && bytes.EqualFold(head[i:i+len(name)], []byte(name)) {
			value, _, _ := bytes.Cut(head[i+len(name):], []byte("\r"))
			return strconv.Atoi(string(bytes.TrimSpace(value)))
		}
	}
	return 0, fmt.Errorf("an answer without Content-Length: %.200q", head)
}
