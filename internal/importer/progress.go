package importer

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	redrawEvery = 200 * time.Millisecond
	lineEvery   = 10 * time.Second
	barWidth    = 24
)

// Progress shows how far an import has come: a bar that is redrawn on a
// terminal, a line now and then elsewhere. It is for one goroutine.
type Progress struct {
	w        io.Writer
	terminal bool
	now      func() time.Time
	started  time.Time
	shown    time.Time
	drawn    bool
}

// NewProgress draws on w.
func NewProgress(w io.Writer, terminal bool, now func() time.Time) *Progress {
	return &Progress{w: w, terminal: terminal, now: now}
}

// IsTerminal reports whether a file is a terminal.
func IsTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *Progress) begin() {
	p.started = p.now()
	p.shown = p.started
}

// update draws, unless it did a moment ago.
func (p *Progress) update(name string, read, total int64, events int) {
	now := p.now()
	every := lineEvery
	if p.terminal {
		every = redrawEvery
	}
	if now.Sub(p.shown) < every {
		return
	}
	p.shown = now
	p.draw(name, read, total, events, now)
}

func (p *Progress) draw(name string, read, total int64, events int, now time.Time) {
	share := 1.0
	if total > 0 {
		share = min(1, float64(read)/float64(total))
	}
	elapsed := now.Sub(p.started)
	rate := 0
	if s := elapsed.Seconds(); s > 0 {
		rate = int(float64(events) / s)
	}
	text := fmt.Sprintf("%3.0f%%  %s of %s  %s events  %s/s", 100*share, size(read), size(total), grouped(events), grouped(rate))
	if !p.terminal {
		fmt.Fprintf(p.w, "%s: %s\n", name, text)
		return
	}
	if share > 0.01 && share < 1 {
		text += "  " + time.Duration(float64(elapsed)*(1-share)/share).Round(time.Second).String() + " left"
	}
	full := int(share * barWidth)
	bar := strings.Repeat("█", full) + strings.Repeat("░", barWidth-full)
	fmt.Fprintf(p.w, "\r\x1b[K%s %s %s", name, bar, text)
	p.drawn = true
}

// line writes a line of text, above the bar where there is one.
func (p *Progress) line(format string, args ...any) {
	p.clear()
	fmt.Fprintf(p.w, format+"\n", args...)
}

func (p *Progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KiB", (n+1023)/1024)
}

// Retrying tells that the server did not take a request and when it is asked
// again; it fits client.Client.
func (p *Progress) Retrying(cause error, wait time.Duration) {
	p.line("%v; trying again in %s", cause, wait.Round(100*time.Millisecond))
}
