// Package suggest finds the name that somebody may have meant, for the errors of
// every decoder. It knows names only.
package suggest

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Near ends an error about an unknown name: "; did you mean X?" where one of the
// known names is near, otherwise the list of them where it is short enough to
// help, otherwise nothing.
func Near(name string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if n := levenshtein.ComputeDistance(name, k); n < distance {
			best, distance = k, n
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(known) == 0 || len(known) > 40:
		return ""
	}
	return "; there are " + strings.Join(known, ", ")
}
