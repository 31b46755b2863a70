package promql

import (
	"strings"
	"testing"
)

func TestConfigFaults(t *testing.T) {
	if err := DefaultConfig().Validate().Err(); err != nil {
		t.Error(err)
	}
	err := Config{Recent: -1}.Validate().Err()
	for _, key := range []string{"lookback", "timeout", "max_samples", "kpi_resolution", "max_recent_samples", "retention"} {
		if err == nil || !strings.Contains(err.Error(), key+": ") {
			t.Errorf("%v does not name %s", err, key)
		}
	}
}
