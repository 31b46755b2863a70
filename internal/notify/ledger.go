package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/nflog/nflogpb"
	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/alertmanager/silence/silencepb"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// retention is for how long ended silences can still be looked up, and the
// longest that a notification is remembered.
const retention = 120 * time.Hour

// ledger is the notification log, durably: what each integration was told about
// each group.
type ledger struct {
	*nflog.Log
	journal *journal
	log     *slog.Logger
}

func newLedger(bucket Bucket, metrics prometheus.Registerer, log *slog.Logger) (*ledger, error) {
	l, err := nflog.New(nflog.Options{Retention: retention, Logger: log, Metrics: metrics})
	if err != nil {
		return nil, err
	}
	return &ledger{Log: l, log: log, journal: newJournal(bucket, func(b []byte) (string, time.Time, error) {
		var e nflogpb.MeshEntry
		if err := protodelim.UnmarshalFrom(bytes.NewReader(b), &e); err != nil {
			return "", time.Time{}, err
		}
		if e.Entry == nil || e.Entry.Receiver == nil {
			return "", time.Time{}, errors.New("no entry of the notification log")
		}
		return entryName(string(e.Entry.GroupKey), e.Entry.Receiver), e.ExpiresAt.AsTime(), nil
	})}, nil
}

func entryName(group string, r *nflogpb.Receiver) string {
	return fmt.Sprintf("%s:%s/%s/%d", group, r.GroupName, r.Integration, r.Idx)
}

// record notes that r was told, on disk when it returns. Where the disk fails
// it is remembered in memory and written later: to fail the notification, which
// has been sent, would send it again.
func (l *ledger) record(r *nflogpb.Receiver, group string, firing, resolved []uint64, store *nflog.Store, expiry time.Duration) error {
	last := l.latest(r, group)
	if err := l.Log.Log(r, group, firing, resolved, store, expiry); err != nil {
		return err
	}
	if e := l.latest(r, group); e != nil && e == last {
		if err := l.overtake(last.Timestamp.AsTime(), r, group, firing, resolved, store, expiry); err != nil {
			return err
		}
	}
	if err := l.journal.write(context.Background(), entryName(group, r)); err != nil {
		l.log.Warn("what was notified could not be stored and will be tried again; a restart before that repeats the notification",
			"receiver", r.GroupName, "integration", r.Integration, "err", err)
	}
	return nil
}

// latest is what the log has about a group and an integration, nil for nothing.
func (l *ledger) latest(r *nflogpb.Receiver, group string) *nflogpb.Entry {
	entries, err := l.Query(nflog.QGroupKey(group), nflog.QReceiver(r))
	if err != nil || len(entries) != 1 {
		return nil
	}
	return entries[0]
}

// overtake records what the log has refused: it takes an entry only if that is
// later than the one before, which is not so where a clock was set back. The
// entry is written by a log of its own and dated after the one before.
func (l *ledger) overtake(last time.Time, r *nflogpb.Receiver, group string, firing, resolved []uint64, store *nflog.Store, expiry time.Duration) error {
	scribe, err := nflog.New(nflog.Options{Retention: retention, Logger: l.log, Metrics: prometheus.NewRegistry()})
	if err != nil {
		return err
	}
	var written []byte
	scribe.SetBroadcast(func(b []byte) { written = b })
	if err := scribe.Log(r, group, firing, resolved, store, expiry); err != nil {
		return err
	}
	var e nflogpb.MeshEntry
	if err := protodelim.UnmarshalFrom(bytes.NewReader(written), &e); err != nil {
		return err
	}
	e.Entry.Timestamp = timestamppb.New(last.Add(1))
	var dated bytes.Buffer
	if _, err := protodelim.MarshalTo(&dated, &e); err != nil {
		return err
	}
	if err := l.Merge(dated.Bytes()); err != nil {
		return err
	}
	l.journal.note(dated.Bytes())
	return nil
}

// Told is the last message about a group that an integration was given to send.
type Told struct {
	Receiver, Integration string
	Index                 int
	GroupKey              string
	At                    time.Time
	Repeat                time.Duration
	Alerts                []*amalert.Alert
	// Store is what the integration keeps with the group; nil for nothing.
	Store *nflog.Store
}

// hear notes what the outbox has and the log has not: the process was killed
// between the two. Without it the end of an alert might never be told.
func (l *ledger) hear(t Told) error {
	r := &nflogpb.Receiver{GroupName: t.Receiver, Integration: t.Integration, Idx: uint32(t.Index)}
	store := t.Store
	if e := l.latest(r, t.GroupKey); e != nil {
		if e.Timestamp.AsTime().After(t.At) {
			return nil
		}
		if store == nil {
			store = nflog.NewStore(e)
		}
	}
	if store == nil {
		store = nflog.NewStore(nil)
	}
	firing, resolved := hashes(t.Alerts...)
	if len(firing) > 0 {
		store.SetInt(toldKey, t.At.UnixNano())
	}
	return l.record(r, t.GroupKey, firing, resolved, store, 2*t.Repeat)
}

// notificationLog is how the pipeline's stages see a ledger.
type notificationLog struct{ *ledger }

func (l notificationLog) Log(r *nflogpb.Receiver, group string, firing, resolved []uint64, store *nflog.Store, expiry time.Duration) error {
	return l.record(r, group, firing, resolved, store, expiry)
}

// newSilences makes the store of silences and the journal that keeps it.
func newSilences(bucket Bucket, metrics prometheus.Registerer, log *slog.Logger) (*silence.Silences, *journal, error) {
	s, err := silence.New(silence.Options{
		Retention: retention, Logger: log, Metrics: metrics,
		Limits: silence.Limits{MaxSilences: func() int { return maxSilences }, MaxSilenceSizeBytes: func() int { return maxSilenceSize }},
	})
	if err != nil {
		return nil, nil, err
	}
	return s, newJournal(bucket, func(b []byte) (string, time.Time, error) {
		var e silencepb.MeshSilence
		if err := protodelim.UnmarshalFrom(bytes.NewReader(b), &e); err != nil {
			return "", time.Time{}, err
		}
		if e.Silence == nil {
			return "", time.Time{}, errors.New("no silence")
		}
		return e.Silence.Id, e.ExpiresAt.AsTime(), nil
	}), nil
}

// Silences are written by people: these bound what a script run wild stores.
const (
	maxSilences    = 10_000
	maxSilenceSize = 64 << 10
)
