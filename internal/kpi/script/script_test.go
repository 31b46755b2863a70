package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBehaviour(t *testing.T) {
	files, err := filepath.Glob("testdata/*.kpi")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".kpi"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			report, err := Run(file, text)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range report.Failures {
				t.Error(f)
			}
			if report.Expectations == 0 {
				t.Error("the script expects nothing")
			}
		})
	}
}

func TestWrongExpectationsFail(t *testing.T) {
	const lead = `define
  {name: x, type: throughput, event: case.resolved, window: 1h}
2026-03-02 09:00 case.resolved caseId=1
`
	for _, wrong := range []string{
		"expect x at 2026-03-02 10:00\n  {} 2",
		"expect x at 2026-03-02 10:00\n  {} 1 n=2",
		"expect x at 2026-03-02 10:00\n  {} 1 state=critical",
		"expect x at 2026-03-02 10:00\n  {} 1 nosuch=1",
		"expect x at 2026-03-02 10:00\n  {} nodata",
		"expect x at 2026-03-02 10:00\n  {office=north} 1",
		"expect y at 2026-03-02 10:00\n  {} 1",
		"refuse\n  {name: z, type: throughput, event: case.resolved}",
	} {
		report, err := Run("t", []byte(lead+wrong))
		if err != nil || len(report.Failures) == 0 {
			t.Errorf("%q passes: %+v, %v", wrong, report, err)
		}
	}
}

func TestUnreadableScriptsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"\nnonsense":                         "t:2:",
		"+1h case.opened":                    "nothing is written before",
		"2026-03-02 09:00":                   "an event is missing",
		"2026-03-02 09:00 a 1 b":             "no tag",
		"expect x":                           "an expectation is written",
		"expect x at 2026-03-02":             "nothing is expected",
		"define\n  {name: x, type: nosuch}":  "t:1:",
		"zone Mars/Olympus":                  "t:1:",
		"2026-03-02 a key=\"x":               "quote",
		"expect x at 2026-03-02\n  {} 1 n":   "a series is written",
		"calendars\n  - {name: x, hourz: 1}": "t:1:",
	} {
		if _, err := Run("t", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", text, err, want)
		}
	}
}

func FuzzRun(f *testing.F) {
	f.Add([]byte("define\n  {name: x, type: throughput, event: case.resolved}\n2026-03-02 09:00 case.resolved\nexpect x at +1h\n  {} 1"))
	f.Fuzz(func(_ *testing.T, text []byte) { _, _ = Run("t", text) })
}
