// Package fault is how a package that owns a section of the configuration says
// what is wrong with it: all faults at once, each at its place. The config
// package adds file and line.
package fault

import (
	"errors"
	"strings"
)

// Fault is one thing wrong, and where: the keys that lead to it.
type Fault struct {
	Path   []string
	Detail string
}

func (f Fault) Error() string { return strings.Join(f.Path, ".") + ": " + f.Detail }

// List collects faults.
type List []Fault

// Add notes a fault at a path.
func (l *List) Add(detail string, path ...string) {
	*l = append(*l, Fault{Path: path, Detail: detail})
}

// Under puts every fault of a section under that section's keys.
func (l List) Under(path ...string) List {
	moved := make(List, len(l))
	for i, f := range l {
		moved[i] = Fault{Path: append(append([]string{}, path...), f.Path...), Detail: f.Detail}
	}
	return moved
}

// Err is nil for an empty list, otherwise all faults in one error.
func (l List) Err() error {
	errs := make([]error, len(l))
	for i, f := range l {
		errs[i] = f
	}
	return errors.Join(errs...)
}
