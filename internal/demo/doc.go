// Package demo simulates an Office of Case Management: forty agents in six
// offices who answer calls, work on cases and get in each other's way, and an
// incident every few hours of office time.
//
// Office is the simulation: a pure generator of events, the same for the same
// seed, start and speed. Run posts what it generates against the clock. The
// demo command calls both. Nothing here knows how the server works.
package demo
