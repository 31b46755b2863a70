// Package delivery kills a process that sends notifications through the real
// outbox on the real event log, again and again, and counts at the receiver:
// everything that was stored arrives, and what comes twice has the same id.
//
// It is tests only; `go test` runs it.
package delivery
