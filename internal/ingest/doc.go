// Package ingest turns what senders post into Blocks on disk: it decodes the
// wire formats straight into columns, holds the limits, and commits many
// requests to the log with one write. It knows no HTTP and no log; the HTTP API
// calls it, and it writes through an Appender.
package ingest
