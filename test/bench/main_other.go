//go:build !linux

// Command bench measures hms-monitor; see main.go.
package main

import "log"

func main() { log.Fatal("bench: the benchmark reads /proc and waits by epoll: it runs on Linux only") }
