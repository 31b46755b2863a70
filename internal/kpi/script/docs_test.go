package script

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestDocumentedExample: the example of the page holds, and gives the output that
// the page shows.
func TestDocumentedExample(t *testing.T) {
	text, err := os.ReadFile("../../../docs/kpi-tests.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	_, rest, ok := strings.Cut(page, "```kpi\n")
	example, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("docs/kpi-tests.md shows no example")
	}
	report, err := Run("sla.kpi", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Failures {
		t.Error(f)
	}
	if line := fmt.Sprintf("sla.kpi: %d expectations, 0 failures\n", report.Expectations); !strings.Contains(page, line) {
		t.Errorf("docs/kpi-tests.md does not show %q", line)
	}
	wrong, err := Run("sla.kpi", []byte(strings.Replace(example, "{office=north} 1   n=1", "{office=north} 1   n=1 due.met=2", 1)))
	if err != nil || len(wrong.Failures) != 1 || !strings.Contains(page, wrong.Failures[0]+"\n") {
		t.Errorf("docs/kpi-tests.md shows another failure than %v, %v", wrong.Failures, err)
	}
	for _, statement := range []string{"define", "expect", "refuse", "calendars", "events", "zone", "every"} {
		if !strings.Contains(page, "`"+statement) && !strings.Contains(page, "`TIME "+statement) {
			t.Errorf("docs/kpi-tests.md does not explain %s", statement)
		}
	}
}
