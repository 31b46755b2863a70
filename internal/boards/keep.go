package boards

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// StateName is what the boards that people put are kept under.
const StateName = "boards"

// Checkpoint gives what is to be kept, or nil where that has not changed since
// the last call. What it gave is kept, or asked for again by Restore.
func (l *Catalog) Checkpoint() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stale {
		return nil, nil
	}
	state, err := json.Marshal(l.edited)
	l.stale = err != nil
	return state, err
}

// Restore takes back what Checkpoint gave; nil is nothing.
func (l *Catalog) Restore(state []byte) error {
	if state == nil {
		return nil
	}
	edited := map[string][]Version{}
	if err := json.Unmarshal(state, &edited); err != nil {
		return fmt.Errorf("the stored boards cannot be read: %w", err)
	}
	maps.DeleteFunc(edited, func(_ string, versions []Version) bool { return len(versions) == 0 })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.edited = edited
	return nil
}

// File is a board and the file that it comes from.
type File struct {
	Path  string
	Board *Board
}

// Read reads the files that patterns name, which start in dir where they are
// relative. Each fault has its file and line, or the place of its pattern.
func Read(dir string, patterns []string) (files []File, errs []error, faults fault.List) {
	from := map[string]string{}
	for i, pattern := range patterns {
		place := fmt.Sprint(i)
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(dir, pattern)
		}
		paths, err := filepath.Glob(pattern)
		switch {
		case err != nil:
			faults.Add(fmt.Sprintf("is no pattern of file names: %v", err), place)
		case len(paths) == 0:
			faults.Add(fmt.Sprintf("names no file (%s)", pattern), place)
		}
		for _, path := range paths {
			if slices.ContainsFunc(files, func(f File) bool { return f.Path == path }) {
				continue
			}
			text, err := os.ReadFile(path) //nolint:gosec // the operator names the files
			if err != nil {
				errs = append(errs, err)
				continue
			}
			b, d := Parse(path, text, Known{})
			if b != nil && b.Name == "" {
				d.Place(fault.List{{Path: []string{"name"}, Detail: "is missing: a board needs a name"}})
			}
			if b != nil && from[b.Name] != "" {
				d.Place(fault.List{{Path: []string{"name"}, Detail: fmt.Sprintf("is %q, as in %s", b.Name, from[b.Name])}})
			}
			if err := d.Err(); err != nil {
				errs = append(errs, err)
				continue
			}
			from[b.Name] = path
			files = append(files, File{path, b})
		}
	}
	return files, errs, faults
}
