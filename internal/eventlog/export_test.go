package eventlog

import "time"

// Hanging shortens how long the embedded server may hang.
func (o Options) Hanging(d time.Duration) Options {
	o.hangs = d
	return o
}
