package eventlog

import (
	"fmt"
	"log/slog"
	"sync"
)

// report takes what the embedded server logs. Its notices are its own affair
// (Debug); an error may mean that it has failed, which hint passes on.
type report struct {
	logger *slog.Logger
	hint   func()

	mu   sync.Mutex
	text string
}

func (r *report) Noticef(format string, v ...any) { r.logger.Debug(fmt.Sprintf(format, v...)) }
func (r *report) Warnf(format string, v ...any)   { r.logger.Debug(fmt.Sprintf(format, v...)) }
func (r *report) Debugf(string, ...any)           {}
func (r *report) Tracef(string, ...any)           {}
func (r *report) Errorf(format string, v ...any)  { r.trouble(fmt.Sprintf(format, v...)) }
func (r *report) Fatalf(format string, v ...any)  { r.trouble(fmt.Sprintf(format, v...)) }

func (r *report) trouble(text string) {
	r.mu.Lock()
	r.text = text
	r.mu.Unlock()
	r.logger.Warn("the embedded log server reports an error", "error", text)
	r.hint()
}

// last is the last error reported.
func (r *report) last() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.text == "" {
		return "it reports no error"
	}
	return r.text
}
