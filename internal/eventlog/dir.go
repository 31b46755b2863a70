package eventlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// dirLock keeps a second process out of the directory for as long as this one
// lives; the kernel takes it back even after kill -9.
type dirLock struct{ file *os.File }

func holdDir(dir string) (*dirLock, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the directory: %w", err)
	}
	path := filepath.Join(dir, "LOCK")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &dirLock{file}, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("%w: %s is locked; stop that process or use another data directory", ErrHeld, path)
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

func (d *dirLock) release() error {
	if d == nil {
		return nil
	}
	return d.file.Close()
}

// space is what the file system that holds a directory has.
type space struct{ free, size int64 }

func spaceOf(dir string) (space, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return space{}, fmt.Errorf("ask for the free space at %s: %w", dir, err)
	}
	unit := int64(fs.Bsize) //nolint:unconvert // int32 elsewhere
	return space{free: int64(fs.Bavail) * unit, size: int64(fs.Blocks) * unit}, nil
}

// minFree is how much of the file system stays free by default. It leaves room
// for the store to commit what the log has taken.
func (s space) minFree() int64 {
	return min(max(s.size/10, 16<<20), 512<<20)
}

func (l *Log) least(s space) int64 {
	if l.opts.MinFree > 0 {
		return l.opts.MinFree
	}
	return s.minFree()
}

// room refuses an append that would leave less than the minimum free. Asking
// takes a few microseconds, beside an append of several hundred.
func (l *Log) room(bytes int) error {
	if l.opts.Dir == "" {
		return nil
	}
	s, err := spaceOf(l.opts.Dir)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	least := l.least(s)
	if s.free-int64(bytes) >= least {
		return nil
	}
	return fmt.Errorf("%w: %s has %d MiB free and %d MiB must stay so; free some, or add disk",
		ErrNoSpace, l.opts.Dir, s.free>>20, least>>20)
}
