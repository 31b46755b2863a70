// Package importer turns history files (CSV, NDJSON, XES event logs) into
// events by a map file and posts them to a server: in batches, resumable, with
// a report of every row that was refused. The import command calls Run.
//
// It streams: what it holds is one batch, one XES trace, and in a replay the
// events that lie ahead. It knows nothing of how events are stored; it reaches
// the server through package client only.
package importer
