package app

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/boards"
)

// openBoards brings back the boards that people put, beside those of files.
func (a *App) openBoards() (err error) {
	if a.boards, err = boards.NewCatalog(); err != nil {
		return err
	}
	a.boards.Use(a.options.Config.BoardFiles())
	state, err := a.store.State(boards.StateName)
	if err != nil {
		return err
	}
	return a.boards.Restore(state)
}

// keeping are the KPIs as the pipeline wants them, and the boards with them:
// both go into the next commit once they changed.
type keeping struct {
	kpis
	boards *boards.Catalog
}

func (k keeping) Checkpoint(end, behind bool) (map[string][]byte, error) {
	state, err := k.kpis.Checkpoint(end, behind)
	if err != nil {
		return nil, err
	}
	catalog, err := k.boards.Checkpoint()
	if err != nil || catalog == nil {
		return state, err
	}
	if state == nil {
		state = map[string][]byte{}
	}
	state[boards.StateName] = catalog
	return state, nil
}

// putBoard changes a board, and returns once that is on disk.
func (a *App) putBoard(ctx context.Context, b *boards.Board, c boards.Change) (boards.Stored, error) {
	s, err := a.boards.Put(b, c)
	if err != nil {
		return s, err
	}
	return s, a.saveBoards(ctx)
}

// deleteBoard takes back what was put.
func (a *App) deleteBoard(ctx context.Context, name string, c boards.Change) error {
	if err := a.boards.Delete(name, c); err != nil {
		return err
	}
	return a.saveBoards(ctx)
}

func (a *App) saveBoards(ctx context.Context) error {
	a.pipeline.Save()
	return a.pipeline.Stored(ctx)
}
