//go:build linux

// Package load sends events and follows the stream as fast as one thread can:
// raw non-blocking sockets on epoll, requests rendered beforehand. The load
// generator shares the machine with the server that it measures, so what it
// costs is taken from the server. It knows the HTTP contract and nothing of
// the server's code; the benchmark program calls it.
package load
