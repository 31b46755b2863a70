package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hms-ops/hms-monitor/internal/client"
)

// Options are what an import needs.
type Options struct {
	Map    *Map
	Files  []string
	Client *client.Client
	// Target names the server's data in the resume file: its URL or data directory.
	Target string
	// StateDir holds the resume files; empty: nothing is remembered.
	StateDir string
	// Again sends everything, whatever an earlier run has done.
	Again bool
	// Replay, where positive, posts events against the clock, so many times
	// faster than they happened. ShiftToNow gives them the time of posting.
	Replay     float64
	ShiftToNow bool
	// HashKey makes the pseudonyms of hashed tags unguessable.
	HashKey string
	// Rejects is the path of a CSV file for every refused row; empty: none.
	Rejects  string
	Progress *Progress
}

// run is one import of all files.
type run struct {
	Options
	report  *Report
	rejects *rejects
}

// Run imports the files one after another. The report is there, and holds what
// was done, also when there is an error.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	r := &run{Options: o, report: &Report{}}
	if err := r.checkFiles(); err != nil {
		return r.report, err
	}
	closeRejects, err := r.openRejects()
	if err != nil {
		return r.report, err
	}
	defer func() { err = errors.Join(err, closeRejects()) }()
	o.Progress.begin()
	defer o.Progress.clear()
	if o.Replay > 0 {
		return r.report, r.replay(ctx)
	}
	for _, path := range o.Files {
		if err := r.importFile(ctx, path); err != nil {
			return r.report, fmt.Errorf("%s: %w", path, err)
		}
	}
	return r.report, nil
}

// checkFiles finds a misspelt name before hours of importing the files before it.
func (r *run) checkFiles() error {
	var faults []error
	for _, path := range r.Files {
		in, err := openInput(path, r.Map)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		faults = append(faults, in.close())
	}
	return errors.Join(faults...)
}

func (r *run) openRejects() (func() error, error) {
	if r.Rejects == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(r.Rejects)
	if err != nil {
		return nil, err
	}
	if r.rejects, err = newRejects(file, true); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() error { return errors.Join(r.rejects.flush(), file.Close()) }, nil
}

func (r *run) refuse(all []refusal) error {
	for _, f := range all {
		r.report.refused(f)
		if r.rejects != nil {
			if err := r.rejects.write(f); err != nil {
				return fmt.Errorf("the list of refused rows: %w", err)
			}
		}
	}
	return nil
}

func (r *run) importFile(ctx context.Context, path string) error {
	in, err := openInput(path, r.Map)
	if err != nil {
		return err
	}
	defer in.close()
	keep := newStateFile(r.StateDir, in.identity, r.Map.digest, r.HashKey, r.Target)
	state, err := r.resume(ctx, keep, path)
	if err != nil || state.Done {
		return err
	}
	for _, part := range in.parts {
		if err := r.importPart(ctx, in, part, keep, state); err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
				if keep != nil {
					err = &stopped{"stopped after row " + grouped(state.Rows[part.name]) + "; the same command goes on from there", err}
				}
			}
			return errors.Join(err, keep.save(state, time.Now()))
		}
	}
	state.Done = true
	return keep.save(state, time.Now())
}

// stopped is an import that was interrupted.
type stopped struct {
	text  string
	cause error
}

func (s *stopped) Error() string { return s.text }
func (s *stopped) Unwrap() error { return s.cause }

// resume finds out where to go on: what the resume file says, if the server
// still has what it had then.
func (r *run) resume(ctx context.Context, keep *stateFile, path string) (*resumeState, error) {
	fresh := &resumeState{File: path, Target: r.Target, Rows: make(map[string]int)}
	if r.Again {
		return fresh, nil
	}
	found, err := keep.load()
	if err != nil {
		return nil, err
	}
	found.File, found.Target = path, r.Target
	done := 0
	for _, rows := range found.Rows {
		done += rows
	}
	if done == 0 {
		return fresh, nil
	}
	if found.Last != nil {
		held, err := r.Client.Holds(ctx, *found.Last)
		var refused *client.Refused
		switch {
		case errors.As(err, &refused): // a token that may not read; the file is all there is to go by
		case err != nil:
			return nil, err
		case !held:
			r.Progress.line("%s: imported before, but the server no longer has it; starting from the first row", filepath.Base(path))
			return fresh, nil
		}
	}
	r.report.Resumed += done
	if found.Done {
		r.Progress.line("%s: already imported: %s rows, %s events, %s refused (--again sends it once more)",
			filepath.Base(path), grouped(done), grouped(found.Events), grouped(found.Refused))
	} else {
		r.Progress.line("%s: going on after row %s", filepath.Base(path), grouped(done))
	}
	return found, nil
}
