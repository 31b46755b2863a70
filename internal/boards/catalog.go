package boards

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/suggest"
)

//go:embed operations.yaml
var operations []byte

// Origin says where a board comes from.
type Origin string

// The origins. What comes from a file hides a default of its name, and can be
// changed in that file alone.
const (
	FromDefault Origin = "default"
	FromFile    Origin = "file"
	FromAPI     Origin = "api"
)

// Errors of the catalog.
var (
	ErrUnknown  = errors.New("no such board")
	ErrReadOnly = errors.New("the board is read only")
	// ErrMoved: somebody else changed the board meanwhile.
	ErrMoved = errors.New("the board was changed meanwhile")
)

// Version is a board as somebody left it.
type Version struct {
	Number int    `json:"version"`
	At     int64  `json:"at" doc:"When, in ms since 1970 UTC."`
	Who    string `json:"who,omitempty" doc:"The name of the token that changed it."`
	Why    string `json:"why,omitempty" doc:"What its author said of the change."`
	// Source is the board as JSON; absent in a version that deleted it.
	Source json.RawMessage `json:"board,omitempty"`
}

// Stored is a board of the catalog, and where it comes from.
type Stored struct {
	Board    *Board
	Origin   Origin
	File     string
	Versions []Version // the oldest first; none but for boards of the API
}

// Version is the number of the one that stands; 0 for boards without versions.
func (s Stored) Version() int {
	if n := len(s.Versions); n > 0 {
		return s.Versions[n-1].Number
	}
	return 0
}

// mostVersions are kept of a board.
const mostVersions = 50

// Catalog holds all boards. It may be used by several goroutines.
type Catalog struct {
	mu       sync.Mutex
	defaults map[string]Stored
	fixed    map[string]Stored // defaults, and those of files
	edited   map[string][]Version
	stale    bool // something changed since the last Checkpoint
}

// NewCatalog has the boards that come with the program.
func NewCatalog() (*Catalog, error) {
	b, d := Parse("operations.yaml", operations, Known{})
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("the board that comes with the program: %w", err)
	}
	l := &Catalog{defaults: map[string]Stored{b.Name: {Board: b, Origin: FromDefault}}, edited: map[string][]Version{}}
	l.Use(nil)
	return l, nil
}

// Use puts the boards of files in the place of those used before.
func (l *Catalog) Use(files []File) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fixed = maps.Clone(l.defaults)
	for _, f := range files {
		l.fixed[f.Board.Name] = Stored{Board: f.Board, Origin: FromFile, File: f.Path}
	}
}

// List gives all boards, ordered by name.
func (l *Catalog) List() []Stored {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []Stored
	for _, name := range l.names() {
		if s, err := l.get(name); err == nil { // or a later program kept it
			all = append(all, s)
		}
	}
	return all
}

func (l *Catalog) names() (names []string) {
	for name := range l.fixed {
		names = append(names, name)
	}
	for name, versions := range l.edited {
		if versions[len(versions)-1].Source != nil && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Get gives the board that stands under a name.
func (l *Catalog) Get(name string) (Stored, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.get(name)
}

func (l *Catalog) get(name string) (Stored, error) {
	fixed, isFixed := l.fixed[name]
	versions := l.edited[name]
	if n := len(versions); n > 0 && versions[n-1].Source != nil && fixed.Origin != FromFile {
		b, d := Parse(name, versions[n-1].Source, Known{})
		if err := d.Err(); b == nil {
			return Stored{}, fmt.Errorf("the stored board %q cannot be read: %w", name, err)
		}
		return Stored{Board: b, Origin: FromAPI, Versions: slices.Clone(versions)}, nil
	}
	if !isFixed {
		return Stored{}, fmt.Errorf("%w as %q%s", ErrUnknown, name, suggest.Near(name, l.names()))
	}
	if fixed.Origin != FromFile { // a default that was changed once, and taken back
		fixed.Versions = slices.Clone(versions)
	}
	return fixed, nil
}

// Change is what somebody does to a board.
type Change struct {
	Who, Why string
	At       int64
	// If is the version that must stand: 0 for one without versions; nil for any.
	If *int
}

// Put keeps a board. The same board again changes nothing.
func (l *Catalog) Put(b *Board, c Change) (Stored, error) {
	source, err := b.JSON()
	if err != nil {
		return Stored{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	before, err := l.mayChange(b.Name, c)
	switch {
	case err != nil && !errors.Is(err, ErrUnknown):
		return Stored{}, err
	case err == nil && before.Origin == FromAPI && string(before.Versions[len(before.Versions)-1].Source) == string(source):
		return before, nil
	}
	l.add(b.Name, c, source)
	return l.get(b.Name)
}

// Delete takes back what was put; a default of that name stands again.
func (l *Catalog) Delete(name string, c Change) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, err := l.mayChange(name, c)
	if err != nil {
		return err
	}
	if before.Origin == FromDefault {
		return fmt.Errorf("%w: %q comes with the program", ErrReadOnly, name)
	}
	l.add(name, c, nil)
	return nil
}

func (l *Catalog) mayChange(name string, c Change) (Stored, error) {
	before, err := l.get(name)
	if err == nil && before.Origin == FromFile {
		return before, fmt.Errorf("%w: it comes from the file %s; change it there, or put it under another name", ErrReadOnly, before.File)
	}
	if c.If != nil && *c.If != before.Version() {
		return before, fmt.Errorf("%w: version %d stands, not %d; look at what it says now", ErrMoved, before.Version(), *c.If)
	}
	return before, err
}

func (l *Catalog) add(name string, c Change, source json.RawMessage) {
	versions := l.edited[name]
	number := 1
	if n := len(versions); n > 0 {
		number = versions[n-1].Number + 1
	}
	versions = append(versions, Version{Number: number, At: c.At, Who: c.Who, Why: strings.TrimSpace(c.Why), Source: source})
	l.edited[name] = versions[max(0, len(versions)-mostVersions):]
	l.stale = true
}
