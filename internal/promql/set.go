package promql

import (
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// set is the answer to a selection.
type set struct {
	all []series
	at  int
}

func newSet(all []series) storage.SeriesSet { return &set{all: all, at: -1} }

// Next implements storage.SeriesSet.
func (s *set) Next() bool {
	s.at++
	return s.at < len(s.all)
}

// At implements storage.SeriesSet.
func (s *set) At() storage.Series { return &s.all[s.at] }

// Err implements storage.SeriesSet.
func (*set) Err() error { return nil }

// Warnings implements storage.SeriesSet.
func (*set) Warnings() annotations.Annotations { return nil }
