package eventlog

import (
	"fmt"
	"syscall"
)

// Space is what the file system that holds a directory has, in bytes.
type Space struct{ Free, Size int64 }

// SpaceOf asks the file system that holds dir.
func SpaceOf(dir string) (Space, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return Space{}, fmt.Errorf("ask for the free space at %s: %w", dir, err)
	}
	unit := int64(fs.Bsize) //nolint:unconvert // int32 elsewhere
	return Space{Free: int64(fs.Bavail) * unit, Size: int64(fs.Blocks) * unit}, nil
}

// MinFree is how much must stay free where the option MinFree is as given. It
// leaves room for the store to commit what the log has taken.
func (s Space) MinFree(option int64) int64 {
	if option > 0 {
		return option
	}
	return min(max(s.Size/10, 16<<20), 512<<20)
}

// margin says which part of the minimum an append must leave.
type margin int64

const (
	// whole is for what comes from outside: it is refused, and sent again.
	whole margin = 1
	// half is for what the server has to write itself: alerts, messages and
	// silences are small, and wanted most where something is short.
	half margin = 2
)

// room refuses what would leave less free than the margin of the minimum.
// Asking takes a few microseconds, beside an append of several hundred.
func (l *Log) room(bytes int, m margin) error {
	if l.opts.Dir == "" {
		return nil
	}
	s, err := SpaceOf(l.opts.Dir)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	least := s.MinFree(l.opts.MinFree) / int64(m)
	if s.Free-int64(bytes) >= least {
		return nil
	}
	return fmt.Errorf("%w: %s has %d MiB free and %d MiB must stay so; free some, or add disk",
		ErrNoSpace, l.opts.Dir, s.Free>>20, least>>20)
}
