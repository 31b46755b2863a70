package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hms-ops/hms-monitor/internal/eventlog"
	"github.com/hms-ops/hms-monitor/internal/ingest"
	"github.com/hms-ops/hms-monitor/internal/pipeline"
)

// appender is the event log as ingest wants it: timed, and with ingest's errors.
type appender struct {
	log     *eventlog.Log
	latency prometheus.Observer
}

func (a appender) MaxPayload() int { return a.log.MaxPayload() }

func (a appender) Append(ctx context.Context, data []byte) (uint64, error) {
	begun := time.Now()
	ack, err := a.log.Append(ctx, data)
	if err == nil {
		a.latency.Observe(time.Since(begun).Seconds())
		return ack.Seq, nil
	}
	for cause, means := range map[error]error{
		eventlog.ErrNoSpace:     ingest.ErrNoSpace,
		eventlog.ErrTooLarge:    ingest.ErrTooLarge,
		eventlog.ErrUnavailable: ingest.ErrUnavailable,
	} {
		if errors.Is(err, cause) {
			return 0, fmt.Errorf("%w: %w", means, err)
		}
	}
	return 0, err
}

// reader is the event log as the pipeline wants it.
func reader(log *eventlog.Log) pipeline.ReadFunc {
	return func(ctx context.Context, from uint64, handle func(pipeline.Message) error) error {
		return log.Read(ctx, from, func(m eventlog.Message) error {
			return handle(pipeline.Message{Seq: m.Seq, Received: m.Received, Data: m.Data})
		})
	}
}
