//go:build linux

package floor

import "testing"

const sample = `{"metricName":"case.resolved","value":37.4,"tags":{"caseId":"C-000123456","agentId":"agent-0123","office":"field-office-17","channel":"phone","priority":"normal"},"timestamp":1700000000000}` + "\n"

func TestParse(t *testing.T) {
	if n, err := events([]byte(sample + sample)); n != 2 || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
	for _, bad := range []string{"{", "[]", `{"value":"x"}`, `{"metricName":"a\n"}`, `{"other":1}`} {
		if _, err := events([]byte(bad)); err == nil {
			t.Errorf("accepted %s", bad)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	body := []byte(sample)
	for b.Loop() {
		_, _ = events(body)
	}
}
