package conflict_test

import (
	"os"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/kpi/script"
)

func TestBehaviour(t *testing.T) {
	const file = "testdata/conflict.kpi"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	report, err := script.Run(file, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Failures {
		t.Error(f)
	}
}
