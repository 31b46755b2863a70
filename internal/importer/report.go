package importer

import (
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// examples is how many refused rows of each reason the report shows.
const examples = 10

// refusal is an event that was not imported, and why.
type refusal struct {
	place
	file, metric, reason string
}

// Report is what an import did.
type Report struct {
	// Rows were read, Events stored by the server (again, where they were
	// there already), Refused left out.
	Rows, Events, Refused int
	// Resumed rows had been acknowledged in an earlier run and were passed over.
	Resumed int
	Notes   []string

	reasons map[string]*reason
}

type reason struct {
	count int
	first []refusal
}

// varying is what differs from row to row within one reason.
var varying = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\d[\dT:.+Z-]*`)

func (r *Report) refused(f refusal) {
	if r.reasons == nil {
		r.reasons = make(map[string]*reason)
	}
	key := f.metric + ": " + varying.ReplaceAllString(f.reason, "…")
	g := r.reasons[key]
	if g == nil {
		g = &reason{}
		r.reasons[key] = g
	}
	g.count++
	r.Refused++
	if len(g.first) < examples {
		g.first = append(g.first, f)
	}
}

// Print writes the report for people.
func (r *Report) Print(w io.Writer) {
	fmt.Fprintf(w, "%s rows read, %s events accepted, %s refused", grouped(r.Rows), grouped(r.Events), grouped(r.Refused))
	if r.Resumed > 0 {
		fmt.Fprintf(w, "; %s rows were done before", grouped(r.Resumed))
	}
	fmt.Fprintln(w)
	for _, note := range r.Notes {
		fmt.Fprintln(w, "note:", note)
	}
	keys := make([]string, 0, len(r.reasons))
	for key := range r.reasons {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if d := r.reasons[b].count - r.reasons[a].count; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, key := range keys {
		g := r.reasons[key]
		fmt.Fprintf(w, "refused %s × %s\n", grouped(g.count), key)
		for _, f := range g.first {
			fmt.Fprintf(w, "    %s line %d: %s\n", f.file, f.line, f.reason)
		}
		if g.count > len(g.first) {
			fmt.Fprintf(w, "    and %s more\n", grouped(g.count-len(g.first)))
		}
	}
}

// grouped writes a number with commas: 58,251.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// rejects writes every refusal as a line of CSV.
type rejects struct{ w *csv.Writer }

func newRejects(w io.Writer, withHeader bool) (*rejects, error) {
	r := &rejects{csv.NewWriter(w)}
	if withHeader {
		return r, r.w.Write([]string{"file", "line", "row", "metric", "reason"})
	}
	return r, nil
}

func (r *rejects) write(f refusal) error {
	return r.w.Write([]string{f.file, strconv.Itoa(f.line), strconv.Itoa(f.row), f.metric, f.reason})
}

func (r *rejects) flush() error {
	r.w.Flush()
	return r.w.Error()
}
