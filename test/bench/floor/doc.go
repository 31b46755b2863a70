//go:build linux

// Package floor holds the yardsticks: the least that a Go HTTP server can do
// with the same requests. What our server reaches is given as a share of them,
// so that the figures mean something on any machine. It shares no code with
// the server; the benchmark program runs it as a process of its own.
package floor
