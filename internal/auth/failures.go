package auth

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	failureBurst = 5
	failureEvery = 12 * time.Second // one more try
	maxWatched   = 4096             // addresses, twice
)

// failures slows down those who sign in with wrong tokens, by their address.
// Guessing 256 bits is hopeless anyway; this keeps the log readable and tells
// a misconfigured client to stop.
type failures struct {
	mu sync.Mutex
	// recent takes new addresses; when it is full it becomes older, and what
	// was older is forgotten.
	recent, older map[netip.Prefix]*rate.Limiter
}

// wait is how long the sender of a request must still wait; 0: go ahead.
func (f *failures) wait(remote string, now time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.of(sender(remote))
	if l == nil {
		return 0
	}
	if missing := 1 - l.TokensAt(now); missing > 0 {
		return time.Duration(missing * float64(failureEvery))
	}
	return 0
}

// note counts a failure.
func (f *failures) note(remote string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := sender(remote)
	l := f.of(key)
	if l == nil {
		l = rate.NewLimiter(rate.Every(failureEvery), failureBurst)
		if f.recent == nil || len(f.recent) == maxWatched {
			f.recent, f.older = map[netip.Prefix]*rate.Limiter{}, f.recent
		}
		f.recent[key] = l
	}
	l.AllowN(now, 1)
}

func (f *failures) of(key netip.Prefix) *rate.Limiter {
	if l := f.recent[key]; l != nil {
		return l
	}
	return f.older[key]
}

// sender is an IPv4 address, or the /64 that one IPv6 host can use up freely.
func sender(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 64
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		bits = 32
	}
	return netip.PrefixFrom(ip, bits).Masked()
}
