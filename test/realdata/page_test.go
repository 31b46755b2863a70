package realdata

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/test/datasets"
)

// page keeps the tables of docs/boston311.md what the engine answers.
func page(t *testing.T, l *lane) {
	text, err := os.ReadFile("../../docs/boston311.md")
	if err != nil {
		t.Fatal(err)
	}
	has := func(row string) {
		if !strings.Contains(strings.ReplaceAll(string(text), "**", ""), row) {
			t.Errorf("docs/boston311.md lacks %s", row)
		}
	}
	for office, a := range ask[figures](t, l, "case.sla", instant("2012-01-01T05:00:00Z"), halfYear, "office") {
		if f := a.Figures.plain(); f.Due.Total >= 10 {
			has(fmt.Sprintf("| %s | %s | %s | %s |", f.shares(), grouped(f.Live.Breached), grouped(f.Live.OnTrack), grouped(f.WithoutGoal)))
		} else if office == "" {
			t.Error("there is no total")
		}
	}
	zone := datasets.NewYork(t)
	for d := 27; d <= 31; d++ {
		midnight := time.Date(2011, 8, d+1, 0, 0, 0, 0, zone).UnixMilli()
		moved := ask[struct{ Opened, Resolved, Open int }](t, l, "case.backlog", midnight, 0, "office")
		f := moved[""].Figures
		has(fmt.Sprintf("| %d August | %d | %d | %s | %s |", d, f.Opened, f.Resolved, grouped(f.Open), grouped(moved["PARK"].N)))
	}
	for _, sunday := range []int{21, 28, 35} {
		begin := time.Date(2011, 8, sunday, 0, 0, 0, 0, zone)
		week := ask[figures](t, l, "case.sla", begin.AddDate(0, 0, 7).UnixMilli(), 0, "office")["PARK"].Figures
		has(fmt.Sprintf("| %s | %s |", begin.Format("2 January"), week.shares()))
	}
}

func (f figures) shares() string {
	return fmt.Sprintf("%s | %s | %s", f.Due, f.Closed, f.ClosedAndOverdue)
}

func (s share) String() string {
	return fmt.Sprintf("%s of %s: %.2f %%", grouped(s.Met), grouped(s.Total), 100*float64(s.Met)/float64(s.Total))
}

// grouped writes thousands apart.
func grouped(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
