package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	firstWait = 200 * time.Millisecond
	longWait  = 15 * time.Second
	// mostAsked bounds a Retry-After, so that a wrong one cannot stall an
	// import for a day.
	mostAsked = 5 * time.Minute
)

// again marks a failure that another attempt may cure.
type again struct {
	cause error
	after time.Duration // what the server asked for, 0 where it did not
}

func (a *again) Error() string { return a.cause.Error() }
func (a *again) Unwrap() error { return a.cause }

func mayRetry(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func (c *Client) retry(ctx context.Context, attempt func(context.Context) error) error {
	giveUp := c.GiveUp
	if giveUp == 0 {
		giveUp = defaultGiveUp
	}
	started := time.Now()
	for wait := firstWait; ; wait = min(2*wait, longWait) {
		err := attempt(ctx)
		var repeat *again
		if !errors.As(err, &repeat) {
			return err
		}
		// Half of the wait is chance, so that senders the server turned away
		// together do not come back together.
		pause := wait/2 + rand.N(wait/2)
		if repeat.after > 0 {
			pause = min(repeat.after, mostAsked) + rand.N(firstWait)
		}
		if time.Since(started)+pause > giveUp {
			return fmt.Errorf("%w: tried %s for %s: %w", ErrUnavailable, c.URL, time.Since(started).Round(time.Second), repeat.cause)
		}
		if c.Retrying != nil {
			c.Retrying(repeat.cause, pause)
		}
		if err := Pause(ctx, pause); err != nil {
			return err
		}
	}
}

// retryAfter reads seconds or an HTTP date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
