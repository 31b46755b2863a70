// Package storetest is the behaviour that every adapter of store.Store must
// show. An adapter's tests call Run and RunModel; nothing else imports it.
package storetest

import (
	"testing"

	"github.com/hms-ops/hms-monitor/internal/store"
)

// Opener opens the store in a directory, or makes one there. The suite closes
// it. An adapter that keeps no files takes the directory as a name: the same
// one means the same data.
type Opener func(t *testing.T, dir string) store.Store

// Run tests an adapter.
func Run(t *testing.T, open Opener) {
	tests := []struct {
		name string
		test func(*harness)
	}{
		{"an event comes back as it went in", testRoundTrip},
		{"nasty text comes back as it went in", testNastyText},
		{"absent and empty tags differ", testAbsentAndEmpty},
		{"more tag keys than columns", testManyTagKeys},
		{"tag keys that resemble columns", testTagKeysLikeColumns},
		{"events come newest first", testOrder},
		{"pages join without loss or repeat", testPaging},
		{"filters select events", testFilters},
		{"time bounds select events", testTimeBounds},
		{"replay ascends within its bounds", testReplay},
		{"replay ends when told to", testReplayStops},
		{"a scan shows what is asked for", testScan},
		{"a scan reads few of many tags", testScanTags},
		{"a scan holds up no writing", testScanBesideWrites},
		{"a scan ends when told to", testScanStops},
		{"rates count per step", testRates},
		{"a commit that does not follow changes nothing", testAtomicity},
		{"position and state survive reopening", testReopen},
		{"states of any size are replaced and forgotten", testStates},
		{"an idle commit moves the position alone", testIdleCommit},
		{"retention deletes by event time", testRetain},
		{"alerts page newest first", testAlerts},
		{"alerts replay ascending", testAlertsAfter},
		{"alerts are found by rule, kind, state and tags", testFindAlerts},
		{"alerts show how each series stands", testLatestAlerts},
		{"identities come oldest first within bounds", testIdentities},
		{"keys come oldest first within bounds", testKeys},
		{"reads see whole commits", testConcurrentReads},
		{"a read ends with its context", testCancelledRead},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := &harness{T: t, opener: open, dir: t.TempDir()}
			h.open()
			defer h.close()
			test.test(h)
		})
	}
}

// RunModel tests that any history reads as the model of a store does: hundreds
// of stores, opened and asked by one goroutine.
func RunModel(t *testing.T, open Opener) {
	testModel(&harness{T: t, opener: open, dir: t.TempDir()})
}
