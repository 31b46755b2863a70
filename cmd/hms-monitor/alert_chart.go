package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/rules/backtest"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// printBacktest prints a table of firings, a chart, and what they come to.
func printBacktest(out io.Writer, a *backtest.Answer) error {
	how := "at each instant at which something changes"
	if a.Step > 0 {
		how = fmt.Sprintf("every %v", units.Duration(time.Duration(a.Step)*time.Millisecond))
	}
	fmt.Fprintf(out, "%s, %s to %s, judged %s (%d)\n\n", strings.Join(a.Rules, ", "), instant(a.From), instant(a.Through), how, a.Judged)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FIRED\tRESOLVED\tLASTED\tSTATE\tSERIES\tVALUE\tCONDITION")
	for _, f := range a.Firings {
		resolved := "-"
		if f.ResolvedAt != nil {
			resolved = instant(*f.ResolvedAt)
		}
		lasted := time.Duration(f.Seconds * float64(time.Second)).Round(time.Second)
		fmt.Fprintf(w, "%s\t%s\t%v\t%s\t%s\t%s\t%s\n", instant(f.FiredAt), resolved, lasted, f.State, group(f.Tags), numberText(f.Value), f.Condition)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := a.Count - len(a.Firings); more > 0 {
		fmt.Fprintf(out, "and %d more (--limit)\n", more)
	} else {
		fmt.Fprintf(out, "\n|%s|  w warning, C critical\n", chart(a, 72))
	}
	fmt.Fprintf(out, "\n%d firings (%d warning, %d critical) of %d series, %v in all, the longest %v; %.2f pages a week\n",
		a.Count, a.Warning, a.Critical, a.Series, seconds(a.TotalSeconds), seconds(a.LongestSeconds), a.PagesPerWeek)
	for _, r := range a.Receivers {
		fmt.Fprintf(out, "  %s: %.2f a week\n", r.Receiver, r.PerWeek)
	}
	switch c := a.InForce; {
	case c == nil:
		fmt.Fprintln(out, "no rule of this name is in force")
	case c.Same:
		fmt.Fprintln(out, "this is the rule in force")
	default:
		fmt.Fprintf(out, "the rule in force: %d firings, %.2f pages a week; %d firings in both, %d gained, %d lost\n", c.Count, c.PagesPerWeek, c.Both, c.GainedCount, c.LostCount)
	}
	for _, limit := range a.Limits {
		fmt.Fprintln(out, "note:", limit)
	}
	return nil
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Second)
}

// chart is the range as a line: where it fired, and how badly.
func chart(a *backtest.Answer, width int) string {
	line := []byte(strings.Repeat(".", width))
	place := func(t int64) int {
		return int(max(0, min(int64(width)-1, (t-a.From)*int64(width)/max(1, a.To-a.From))))
	}
	for _, f := range a.Firings {
		last := a.Through
		if f.ResolvedAt != nil {
			last = *f.ResolvedAt
		}
		for i := place(f.FiredAt); i <= place(max(f.FiredAt, last-1)); i++ {
			switch {
			case f.State == alert.Critical:
				line[i] = 'C'
			case line[i] == '.':
				line[i] = 'w'
			}
		}
	}
	return string(line)
}
