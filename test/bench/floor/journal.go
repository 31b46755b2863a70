//go:build linux

package floor

import (
	"os"
	"sync"
)

// journal appends bodies to a file and syncs it: those that come while a sync
// runs share the next one.
type journal struct {
	file *os.File

	mu      sync.Mutex
	work    *sync.Cond
	pending []byte
	waiting *group
}

type group struct {
	done chan struct{}
	err  error
}

func openJournal(path string) (*journal, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	j := &journal{file: file, waiting: &group{done: make(chan struct{})}}
	j.work = sync.NewCond(&j.mu)
	go j.run()
	return j, nil
}

// append returns when body is on disk.
func (j *journal) append(body []byte) error {
	j.mu.Lock()
	j.pending = append(j.pending, body...)
	g := j.waiting
	j.work.Signal()
	j.mu.Unlock()
	<-g.done
	return g.err
}

func (j *journal) run() {
	var spare []byte
	for {
		j.mu.Lock()
		for len(j.pending) == 0 {
			j.work.Wait()
		}
		batch, g := j.pending, j.waiting
		j.pending, j.waiting = spare[:0], &group{done: make(chan struct{})}
		j.mu.Unlock()
		if _, g.err = j.file.Write(batch); g.err == nil {
			g.err = j.file.Sync()
		}
		close(g.done)
		spare = batch
	}
}
