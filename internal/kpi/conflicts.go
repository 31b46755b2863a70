package kpi

import "github.com/hms-ops/hms-monitor/internal/event"

// Conflict is one that is open: agents on one case, in each other's way.
type Conflict struct {
	// Key is the tag that names cases, Case the code of the case under it.
	Key  string
	Case uint32
	// Level says how certain it is: L0, L1, L3 or proxy.
	Level string
	// Agents are those who are in it, by name.
	Agents []string
	// Since is when it was detected.
	Since int64
	// Tags are those of the case by which the KPI is broken down.
	Tags []event.Tag
}

// ConflictFinder is an evaluator that knows of conflicts.
type ConflictFinder interface {
	// Conflicts gives those that are open as of an instant, the oldest first.
	Conflicts(at int64) []Conflict
}
