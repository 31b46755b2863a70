// Package pipeline is the one ordered reader of the log. It drops duplicates,
// numbers the events, has them judged, hands the same immutable Block to the
// live stream and to the store, and resumes after a crash where the store's last
// commit ended. It knows no HTTP, no JetStream and no SQL; the app wires it.
package pipeline
