// Package client posts events to a running hms-monitor over HTTP. The import,
// demo and track commands go through it. It knows the wire format and what may
// be sent again; it knows nothing of files, maps or simulations, and keeps no
// queue: a Post returns when the server has the events on disk.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// DefaultURL is where a server listens that was started without options.
const DefaultURL = "http://127.0.0.1:8080"

const (
	attemptTimeout = time.Minute
	defaultGiveUp  = 2 * time.Minute
)

// Client posts to one server. Set the fields before the first call; after that
// it may be used by several goroutines, but not copied.
type Client struct {
	// URL is the server's root, such as http://127.0.0.1:8080.
	URL string
	// Token is sent as a bearer token where it is not empty.
	Token string
	// HTTP does the requests; nil means the default transport with a minute
	// for each attempt.
	HTTP *http.Client
	// GiveUp is how long one Post keeps trying while the server is away or
	// overloaded. 0 means two minutes.
	GiveUp time.Duration
	// Retrying, where set, is told of every failed attempt that will be repeated.
	Retrying func(cause error, wait time.Duration)

	bodies compressor
}

// NewKey makes an idempotency key that no other request has.
func NewKey() string { return rand.Text() }

// Post sends events as one request: all of them are stored or none is. It
// repeats the request under the same key while the server is unreachable,
// overloaded or out of disk, so that a lost answer cannot count twice.
//
// The error is a *Refused where the server will never take the request as it
// is, and wraps ErrUnavailable where it was given up.
func (c *Client) Post(ctx context.Context, events []event.Event, key string) error {
	if len(events) == 0 {
		return nil
	}
	target, err := c.endpoint("metrics")
	if err != nil {
		return err
	}
	body, encoding := c.bodies.compress(AppendNDJSON(nil, events))
	send := func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/x-ndjson")
		req.Header.Set("Idempotency-Key", key)
		if encoding != "" {
			req.Header.Set("Content-Encoding", encoding)
		}
		return req, nil
	}
	return c.retry(ctx, func(ctx context.Context) error { return c.attempt(ctx, send, ignore) })
}

func (c *Client) endpoint(path string) (string, error) {
	root, err := url.Parse(c.URL)
	if err != nil || (root.Scheme != "http" && root.Scheme != "https") || root.Host == "" {
		return "", fmt.Errorf("%q is no server address; give one like %s", c.URL, DefaultURL)
	}
	return root.JoinPath(path).String(), nil
}

func ignore(io.Reader) error { return nil }

// attempt does one request. Its error says whether another may help.
func (c *Client) attempt(ctx context.Context, build func(context.Context) (*http.Request, error), read func(io.Reader) error) error {
	req, err := build(ctx)
	if err != nil {
		return err
	}
	resp, err := c.do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &again{cause: err}
	}
	defer resp.Body.Close()
	defer drain(resp.Body)
	if resp.StatusCode/100 == 2 {
		return read(resp.Body)
	}
	refused := readProblem(resp)
	if mayRetry(resp.StatusCode) {
		return &again{cause: refused, after: retryAfter(resp.Header, time.Now())}
	}
	return refused
}

func (c *Client) do(req *http.Request) (*http.Response, error) {
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	doer := c.HTTP
	if doer == nil {
		doer = &http.Client{Timeout: attemptTimeout}
	}
	resp, err := doer.Do(req)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err // the address is the caller's own and in every message already
	}
	return resp, err
}

// drain lets the connection be used again, unless the answer is a long one.
func drain(body io.Reader) {
	_, _ = io.CopyN(io.Discard, body, 64<<10)
}
