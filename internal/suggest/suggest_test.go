package suggest

import (
	"strings"
	"testing"
)

func TestNear(t *testing.T) {
	for _, c := range []struct{ name, known, want string }{
		{"fedral", "federal state", `; did you mean "federal"?`},
		{"csat", "ces7 csat5 nps stars5", `; did you mean "csat5"?`},
		{"colt", "bolt cold", `; did you mean "bolt" or "cold"?`},
		{"colt", "bolt bolt", `; did you mean "bolt"?`},
		{"L4", "L0 L1 L2 L3 proxy", "; there are L0, L1, L2, L3, proxy"},
		{"nothing", "federal state", "; there are federal, state"},
		{"nothing", strings.Repeat("federal ", 41), ""},
		{"nothing", "", ""},
	} {
		if got := Near(c.name, strings.Fields(c.known)); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.name, c.known, got, c.want)
		}
	}
}
