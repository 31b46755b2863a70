package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
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
		"\nnonsense":                        "t:2:",
		"+1h case.opened":                   "nothing is written before",
		"2026-03-02 09:00":                  "an event is missing",
		"2026-03-02 09:00 a 1 b":            "no tag",
		"expect x":                          "an expectation is written",
		"expect x at 2026-03-02":            "nothing is expected",
		"define\n  {name: x, type: nosuch}": "t:2:19: type: \"nosuch\" is no type of KPI",
		"define\n\n  name: x\n  type: backlog\n  windw: 1h": "t:5:3: windw: is not a key here; did you mean \"window\"?",
		"zone Mars/Olympus":                                "t:1:",
		"2026-03-02 a key=\"x":                             "quote",
		"expect x at 2026-03-02\n  {} 1 n":                 "a series is written",
		"calendars\n  - {name: x, hourz: 1}":               "t:2:15: calendars.0.hourz: is not a key here; did you mean \"hours\"?",
		"calendars\n  - {name: x, time_zone: Mars}":        "t:2:15: calendars.0.time_zone: ",
		"zone Local":                                       "from machine to machine",
		"2026-03-02 09:00 case.opend":                      `t:1: no event is called "case.opend"; did you mean "case.opened"?`,
		"2026-03-02 case.opened NaN":                       "neither a value nor a tag",
		"2026-03-02 case.opened a=1 a=2":                   "given twice",
		"1969-12-31 case.opened":                           "the year 1969",
		"2026-03-02 every 1m times 1000000000 case.opened": `"1000000000" is no number of times from 1 to 10000`,
		"2026-03-02 every 1m times 9999 case.opened\n+1m every 1s times 2 case.opened": "t:2: a script has 10000 events at most",
		"2026-03-02 every -1m times 2 case.opened":                                     "is negative",
		"2026-03-02 every 30000d times 2 case.opened":                                  "is too long",
		"2026-03-02 every 1m 30 case.opened":                                           "events that repeat are written",
		"2026-03-02 every soon times 3 case.opened":                                    "no duration",
		"2026-03-02 every 1m times 3":                                                  "an event is missing",
		"expect x at 2026-03-02 version 0\n  {} 1":                                     "is no version",
	} {
		if _, err := Run("t", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", text, err, want)
		}
	}
}

// TestTooMuchIsRefused: a script may not take for ever.
func TestTooMuchIsRefused(t *testing.T) {
	r := run{file: "t", work: maxWork, events: make([]event.Event, 1), env: kpi.Env{KPIs: map[string]*kpi.Definition{}}}
	defer r.close()
	err := r.define(&block{2, "  {name: x, type: throughput, event: case.resolved}"})
	if err == nil {
		err = r.expect(3, &expectation{kpi: "x", rows: []row{{value: "nodata"}}})
	}
	if err == nil || !strings.Contains(err.Error(), "too much to check") {
		t.Error(err)
	}
}

func FuzzRun(f *testing.F) {
	f.Add([]byte("define\n  {name: x, type: throughput, event: case.resolved}\n2026-03-02 09:00 every 1s times 3 case.resolved\nexpect x at +1h version 1\n  {} 1"))
	files, _ := filepath.Glob("testdata/*.kpi")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text []byte) {
		late := time.AfterFunc(20*time.Second, func() { panic("a script takes too long") })
		defer late.Stop()
		_, _ = Run("t", text)
	})
}
