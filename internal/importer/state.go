package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// resumeEvery is how often the state is written while an import runs. Rows
// acknowledged after the last writing are sent again; their ids make that
// harmless.
const resumeEvery = time.Second

// resumeState is what is remembered of one file's import into one server.
type resumeState struct {
	File   string `json:"file"`
	Target string `json:"target"`
	// Rows acknowledged of each part; all before them need not be read again.
	Rows    map[string]int `json:"rows"`
	Events  int            `json:"events"`
	Refused int            `json:"refused"`
	Done    bool           `json:"done"`
	// Last is an event the server acknowledged: if it does not have it any
	// longer, the rest of this is of no use.
	Last    *event.Event `json:"last,omitempty"`
	Updated time.Time    `json:"updated"`
}

// stateFile keeps a resumeState on disk, one small file for each pair of
// content and target. A nil stateFile keeps nothing.
type stateFile struct {
	path  string
	saved time.Time
}

// newStateFile names the file after everything that must be the same for an
// import to go on: content, map, hash key and target.
func newStateFile(dir string, of ...string) *stateFile {
	if dir == "" {
		return nil
	}
	digest := sha256.New()
	for _, s := range of {
		fmt.Fprintf(digest, "%d:%s", len(s), s)
	}
	return &stateFile{path: filepath.Join(dir, hex.EncodeToString(digest.Sum(nil)[:12])+".json")}
}

// load gives what was saved, or a fresh state.
func (s *stateFile) load() (*resumeState, error) {
	fresh := &resumeState{Rows: make(map[string]int)}
	if s == nil {
		return fresh, nil
	}
	data, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the resume file cannot be read: %w", err)
	}
	var found resumeState
	if err := json.Unmarshal(data, &found); err != nil || found.Rows == nil {
		return nil, fmt.Errorf("the resume file %s is damaged; delete it to start from the beginning", s.path)
	}
	return &found, nil
}

func (s *stateFile) save(state *resumeState, now time.Time) error {
	if s == nil {
		return nil
	}
	s.saved = now
	state.Updated = now.UTC()
	data, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	// Written beside and moved into place: a crash leaves the old or the new.
	beside := s.path + ".new"
	if err := os.WriteFile(beside, data, 0o600); err != nil {
		return err
	}
	return os.Rename(beside, s.path)
}

func (s *stateFile) due(now time.Time) bool { return s != nil && now.Sub(s.saved) >= resumeEvery }
