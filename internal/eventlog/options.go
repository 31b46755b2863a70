package eventlog

import (
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"
)

const (
	// DefaultStream is the stream's name where none is given.
	DefaultStream = "HMS_EVENTS"
	// DefaultKeep is how long applied messages are kept.
	DefaultKeep = time.Hour
	// DefaultKeepBytes is up to how much of them is kept.
	DefaultKeepBytes = 1 << 30

	// maxRecord is what a payload may have at most: JetStream's file store
	// takes records of more than 32 MiB, its own frame and the subject
	// included, for damage.
	maxRecord = 32<<20 - 4<<10
	// ackWait is the longest that an acknowledgement may take. A server that
	// fails is noticed much sooner; this is for one that hangs.
	ackWait = 30 * time.Second
	// callWait is the longest that the server may take to answer any other call.
	callWait = 5 * time.Second
)

// Options tell where the log is. Either Dir or URL must be given.
type Options struct {
	// Dir is the directory of the embedded log, made if missing.
	Dir string
	// URL names an external NATS server (nats://host:port, user and password
	// or token in it; several separated by commas) and takes the place of Dir.
	URL string
	// Stream is the name of the JetStream stream; default DefaultStream.
	Stream string
	// MinFree is how many bytes of the disk must stay free: an append that
	// would take more is refused. Default: a tenth of the file system, but at
	// least 16 MiB and at most 512 MiB. Embedded only.
	MinFree int64
	// Keep is how long applied messages are kept, negative for not at all.
	// Default DefaultKeep.
	Keep time.Duration
	// KeepBytes bounds what Keep keeps. Default DefaultKeepBytes.
	KeepBytes int64
	Logger    *slog.Logger
	// Now is the clock that Keep is measured by.
	Now func() time.Time

	// hangs is how long the embedded server may take to stop, or to say how it
	// is, before it counts as hanging.
	hangs time.Duration
}

// complete checks o, names all faults at once, and fills in the defaults.
func (o Options) complete() (Options, error) {
	var faults []error
	if (o.Dir == "") == (o.URL == "") {
		faults = append(faults, errors.New("give either the event log's directory or its URL"))
	}
	for part := range strings.SplitSeq(o.URL, ",") {
		if o.URL == "" {
			break
		}
		if u, err := url.Parse(strings.TrimSpace(part)); err != nil || u.Host == "" {
			faults = append(faults, errors.New("the event log's URL must look like nats://host:4222"))
		}
	}
	if strings.ContainsAny(o.Stream, ".*> \t\r\n/\\") {
		faults = append(faults, errors.New("the stream's name must hold no space, dot, slash, * or >"))
	}
	if o.MinFree < 0 || o.KeepBytes < 0 {
		faults = append(faults, errors.New("sizes must not be negative"))
	}
	if len(faults) > 0 {
		return o, errors.Join(faults...)
	}
	if o.Stream == "" {
		o.Stream = DefaultStream
	}
	if o.Keep == 0 {
		o.Keep = DefaultKeep
	}
	if o.KeepBytes == 0 {
		o.KeepBytes = DefaultKeepBytes
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.hangs == 0 {
		o.hangs = ackWait
	}
	return o, nil
}

// subject is the one subject of the stream.
func (o Options) subject() string { return o.Stream + ".blocks" }
