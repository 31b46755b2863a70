package sandbox

import (
	"fmt"
	"os"
	"syscall"
)

// overhead is what the process needs beside DuckDB's own memory: its code's
// data, Go's heap, and a block of rows for each scan.
const overhead = 384 << 20

// confine takes from this process what a query does not need, for good: memory
// beyond the limit, which DuckDB does not count all of, processor time, and
// files to write. DuckDB's own settings forbid most of it as well.
func confine(q query) error {
	limits := []struct {
		resource int
		most     uint64
	}{
		{syscall.RLIMIT_DATA, uint64(q.Memory) + overhead},
		{syscall.RLIMIT_CPU, uint64(4 * q.Seconds)},
		{syscall.RLIMIT_FSIZE, 0},
		{syscall.RLIMIT_CORE, 0},
	}
	for _, l := range limits {
		if err := syscall.Setrlimit(l.resource, &syscall.Rlimit{Cur: l.most, Max: l.most}); err != nil {
			return fmt.Errorf("a query's process cannot be confined: %w", err)
		}
	}
	// Where the machine runs out of memory all the same, and who waits for
	// processor time: this process first. Both are missed where a system lacks them.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 5)
	return nil
}
