package auth

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// CheckListen refuses to serve other machines without a way to tell who calls.
func CheckListen(addr string, cfg Config, insecure bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen: %q is not HOST:PORT: %w", addr, err)
	}
	if len(cfg.Tokens) > 0 || insecure || isLoopback(host) {
		return nil
	}
	return fmt.Errorf("listen: %s can be reached from other machines, and no auth.tokens are configured: "+
		"add one (`hms-monitor token new --name NAME --role read` prints the lines), "+
		"listen on 127.0.0.1, or accept that anybody may read and write with --insecure", addr)
}

// isLoopback tells whether host can only mean this machine. Other names are
// not resolved: what they mean may change while the server runs.
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ip.Unmap().IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// hostOf drops the port of a Host header.
func hostOf(hostport string) string {
	if i := strings.LastIndexByte(hostport, ':'); i >= 0 && strings.IndexByte(hostport[i:], ']') < 0 {
		if strings.IndexByte(hostport, ':') == i || hostport[0] == '[' {
			return hostport[:i]
		}
	}
	return hostport
}
