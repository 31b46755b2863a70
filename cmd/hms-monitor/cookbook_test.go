package main

import (
	"bytes"
	"testing"
)

// The rule files of the cookbook do what their tests say, and the example is valid.
func TestTheCookbooksRules(t *testing.T) {
	for _, args := range [][]string{
		{"check", "--config", "../../examples/alerting/cookbook/hms.yaml"},
		{"check", "--config", "../../examples/alerting/hms.yaml"},
		{"test", "rules", "../../examples/alerting/cookbook/tests.yaml"},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, &out, &errs); code != 0 {
			t.Errorf("%v ended with %d\n%s%s", args, code, &out, &errs)
		}
	}
}
