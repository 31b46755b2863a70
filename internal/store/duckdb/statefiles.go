package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// largeState is the size above which a state is kept in a file of its own. In
// the table it would be written anew at each checkpoint, whatever had changed
// there, and take several times its size of memory.
const largeState = 1 << 20

// stateFiles keeps large states in files beside the database. A file is written
// once, whole, before the commit whose rows refer to it; a file that no row
// refers to is of a commit that failed or has been replaced, and goes.
type stateFiles struct {
	dir  string
	last int64 // the highest number given to a file
	// used are the files that the table refers to, by the state's name.
	used map[string]stateFile
}

// stateFile names a file, and what must be in it.
type stateFile struct {
	number int64
	hash   uint64
}

const stateSuffix = ".state"

func (f *stateFiles) path(number int64) string {
	return filepath.Join(f.dir, strconv.FormatInt(number, 10)+stateSuffix)
}

// load reads what the table refers to.
func (f *stateFiles) load(ctx context.Context, c *native.Conn) error {
	f.used = map[string]stateFile{}
	return each(ctx, c, func(r *native.Result, row int) error {
		file := stateFile{number: r.Int64s(1)[row], hash: uint64(r.Int64s(2)[row])}
		f.used[r.Texts(0).Copy(row)] = file
		f.last = max(f.last, file.number)
		return nil
	}, `SELECT name, file, hash FROM state WHERE file IS NOT NULL`)
}

// write puts the large ones of the states into files.
func (f *stateFiles) write(states map[string][]byte) (map[string]stateFile, error) {
	var written map[string]stateFile
	for name, data := range states {
		if len(data) <= largeState {
			continue
		}
		file, err := f.create(data)
		if err != nil {
			return nil, fmt.Errorf("the state %q cannot be written: %w", name, err)
		}
		if written == nil {
			written = map[string]stateFile{}
		}
		written[name] = file
	}
	if written == nil {
		return nil, nil
	}
	return written, syncDir(f.dir)
}

func (f *stateFiles) create(data []byte) (stateFile, error) {
	switch err := os.Mkdir(f.dir, 0o750); {
	case err == nil:
		if err := syncDir(filepath.Dir(f.dir)); err != nil {
			return stateFile{}, err
		}
	case !errors.Is(err, fs.ErrExist):
		return stateFile{}, err
	}
	f.last++
	file, err := os.OpenFile(f.path(f.last), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return stateFile{}, err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return stateFile{}, err
	}
	return stateFile{number: f.last, hash: xxh3.Hash(data)}, nil
}

// committed takes note of the files that a commit brought, and removes those
// that it replaced.
func (f *stateFiles) committed(states map[string][]byte, written map[string]stateFile) error {
	replaced := false
	for name := range states {
		if _, had := f.used[name]; had {
			replaced = true
			delete(f.used, name)
		}
		if file, has := written[name]; has {
			f.used[name] = file
		}
	}
	if !replaced {
		return nil
	}
	return f.sweep()
}

// sweep removes the files that are not used, after load.
func (f *stateFiles) sweep() error {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	used := map[int64]bool{}
	for _, file := range f.used {
		used[file.number] = true
	}
	var failed error
	for _, entry := range entries {
		name, ours := strings.CutSuffix(entry.Name(), stateSuffix)
		number, err := strconv.ParseInt(name, 10, 64)
		if !ours || err != nil {
			continue
		}
		f.last = max(f.last, number)
		if !used[number] {
			failed = errors.Join(failed, os.Remove(f.path(number)))
		}
	}
	return failed
}

func (f *stateFiles) read(file stateFile) ([]byte, error) {
	data, err := os.ReadFile(f.path(file.number))
	if err != nil {
		return nil, err
	}
	if xxh3.Hash(data) != file.hash {
		return nil, fmt.Errorf("the file %s is damaged", f.path(file.number))
	}
	return data, nil
}

// syncDir makes the names in a directory as lasting as the files' contents.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
