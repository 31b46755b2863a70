// Package suggest finds the name that somebody may have meant, for the errors of
// every decoder. It knows names only.
package suggest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Near ends an error about an unknown name: "; did you mean X?" where one or two
// of the known names are nearest, otherwise the list of them where it is short
// enough to help, otherwise nothing.
func Near(name string, known []string) string {
	var best []string
	for distance := range 3 {
		for _, k := range known {
			quoted := fmt.Sprintf("%q", k)
			if levenshtein.ComputeDistance(name, k) == distance && !slices.Contains(best, quoted) {
				best = append(best, quoted)
			}
		}
		if len(best) > 0 {
			break
		}
	}
	switch {
	case len(best) == 1 || len(best) == 2:
		return fmt.Sprintf("; did you mean %s?", strings.Join(best, " or "))
	case len(known) == 0 || len(known) > 40:
		return ""
	}
	return "; there are " + strings.Join(known, ", ")
}
