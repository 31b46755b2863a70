// Package torture kills the built program under load, fills its disk, and then
// counts: every acknowledged event must be there exactly once, nothing that was
// never sent, and the live stream must have shown the same, in the same order,
// without loss or repeat.
//
// It speaks HTTP only and imports nothing of the program. `go test` runs a few
// rounds; `make torture` runs many. A failure prints the seed: HMS_TORTURE_SEED
// repeats the senders' and the killer's choices, though not the scheduler's.
package torture
