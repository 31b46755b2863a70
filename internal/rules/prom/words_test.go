package prom

import "testing"

// What is told of an alert goes into mails and text messages: one line.
func TestConditionsAreOneLine(t *testing.T) {
	for written, want := range map[string]string{
		"{\"queue.length\"} > 10\n        and {\"queue.length\"} < 20":             `{"queue.length"} > 10 and {"queue.length"} < 20`,
		"{\"queue.length\"} > 10 # a comment\n        and {\"queue.length\"} < 20": `{__name__="queue.length"} > 10 and {__name__="queue.length"} < 20`,
	} {
		s := newServer(t)
		s.load("groups:\n- name: g\n  rules:\n  - alert: Long\n    expr: |\n        " + written + "\n")
		s.give(ev("queue.length", 12, 5))
		if all := s.found(10); len(all) != 1 || all[0].Condition != want {
			t.Errorf("%+v", all)
		}
	}
}
