//go:build linux

package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// report is what a run found.
type report struct {
	Machine machine `json:"machine"`
	Rows    []row   `json:"rows"`
}

func (r *report) add(rows ...row) {
	for _, row := range rows {
		row.Verdict = row.Target.verdict(row)
		r.Rows = append(r.Rows, row)
	}
}

// row is one line: our figure, the floor's, and what was aimed at.
type row struct {
	Section string  `json:"section"`
	Name    string  `json:"name"`
	Unit    unit    `json:"unit"`
	Ours    float64 `json:"ours"`
	Floor   float64 `json:"floor,omitempty"`
	Target  target  `json:"target,omitzero"`
	Verdict string  `json:"verdict,omitempty"`
	Note    string  `json:"note,omitempty"`
}

func (r row) ratio() float64 {
	if r.Floor == 0 {
		return 0
	}
	return r.Ours / r.Floor
}

// target is a bound, none if zero.
type target struct {
	Least float64 `json:"least,omitempty"`
	Most  float64 `json:"most,omitempty"`
	// Ratio: the bound is on ours/floor.
	Ratio bool `json:"ofFloor,omitempty"`
}

func atLeast(v float64) target { return target{Least: v} }
func atMost(v float64) target  { return target{Most: v} }

func (t target) ofFloor() target { t.Ratio = true; return t }

func (t target) verdict(r row) string {
	value := r.Ours
	if t.Ratio {
		value = r.ratio()
	}
	switch {
	case t.Least > 0 && value < t.Least:
		return fmt.Sprintf("missed: %.0f %% of it", 100*value/t.Least)
	case t.Most > 0 && value > t.Most:
		return fmt.Sprintf("missed: %.2f times it", value/t.Most)
	case t.Least > 0 || t.Most > 0:
		return "met"
	}
	return ""
}

func (t target) format(u unit) string {
	switch {
	case t.Ratio:
		return fmt.Sprintf("≥ %.2f of the floor", t.Least)
	case t.Least > 0:
		return "≥ " + u.format(t.Least)
	case t.Most > 0:
		return "≤ " + u.format(t.Most)
	}
	return ""
}

type unit string

const (
	perSecond unit = "1/s"
	seconds   unit = "s"
	byteCount unit = "B"
	plain     unit = ""
)

func (u unit) format(v float64) string {
	switch u {
	case perSecond:
		return grouped(v) + "/s"
	case seconds:
		switch {
		case v >= 1:
			return fmt.Sprintf("%.2f s", v)
		case v >= 1e-3:
			return fmt.Sprintf("%.2f ms", v*1e3)
		}
		return fmt.Sprintf("%.2f µs", v*1e6)
	case byteCount:
		return fmt.Sprintf("%.0f MB", v/1e6)
	}
	return fmt.Sprintf("%.1f", v)
}

func grouped(v float64) string {
	digits := fmt.Sprintf("%.0f", math.Round(v))
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func sec(d time.Duration) float64 { return d.Seconds() }

func (r *report) markdown(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", r.Machine)
	b.WriteString("| | hms-monitor | floor | of the floor | target | |\n|---|---:|---:|---:|---|---|\n")
	for _, row := range r.Rows {
		ours, floor, ratio := row.Unit.format(row.Ours), "", ""
		if row.Ours == 0 {
			ours = ""
		}
		if row.Floor > 0 {
			floor, ratio = row.Unit.format(row.Floor), fmt.Sprintf("%.2f", row.ratio())
		}
		verdict := row.Verdict
		if row.Note != "" {
			verdict = strings.TrimPrefix(verdict+"; "+strings.ReplaceAll(row.Note, "\n", " "), "; ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", row.Name, ours, floor, ratio, row.Target.format(row.Unit), verdict)
	}
	b.WriteString("\nFloors: net/http with a hand-written parser and fsynced group commit of the raw bytes, " +
		"unless the row names another; for deliveries and subscribers net/http with nothing kept.\n")
	_, err := io.WriteString(out, b.String())
	return err
}
