package app

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// telemetry is the server's own metrics. Each app has a registry of its own.
type telemetry struct {
	registry *prometheus.Registry
	append   prometheus.Histogram
	refused  *prometheus.CounterVec
}

func newTelemetry(version string) *telemetry {
	t := &telemetry{
		registry: prometheus.NewRegistry(),
		append: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hms_log_append_seconds", Help: "Time until an append to the event log is on disk.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2, 16),
		}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hms_ingest_refused_requests", Help: "Requests of which nothing was stored, by the status answered.",
		}, []string{"status"}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "hms_build_info", Help: "Always 1; the version is in the label.", ConstLabels: prometheus.Labels{"version": version}})
	info.Set(1)
	t.registry.MustRegister(t.append, t.refused, info, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return t
}

func (t *telemetry) countRefused(status int) { t.refused.WithLabelValues(strconv.Itoa(status)).Inc() }

func (t *telemetry) handler() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// gauge and counter register numbers that others keep.
func (t *telemetry) gauge(name, help string, labels prometheus.Labels, value func() float64) {
	t.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
}

func (t *telemetry) counter(name, help string, value func() float64) {
	t.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
}

// observe registers what the running parts tell of themselves.
func (a *App) observe(t *telemetry) {
	t.counter("hms_ingest_events", "Events acknowledged since the start.", func() float64 { n, _ := a.ingester.Counts(); return float64(n) })
	t.counter("hms_ingest_requests", "Requests acknowledged since the start.", func() float64 { _, n := a.ingester.Counts(); return float64(n) })
	t.gauge("hms_log_acknowledged_sequence", "The last message of the event log that a sender was answered for.", nil,
		func() float64 { return float64(a.ingester.Acked()) })
	at := func(reader string) prometheus.Labels { return prometheus.Labels{"reader": reader} }
	t.gauge("hms_reader_sequence", "The last message of the event log that a reader has taken in.", at("pipeline"),
		func() float64 { return float64(a.pipeline.Status().Applied) })
	t.gauge("hms_reader_sequence", "The last message of the event log that a reader has taken in.", at("store"),
		func() float64 { return float64(a.pipeline.Status().Stored) })
	behind := "Messages of the event log that are acknowledged and that a reader has not taken in yet."
	t.gauge("hms_reader_lag_messages", behind, at("pipeline"),
		func() float64 { return lagOf(a.ingester.Acked(), a.pipeline.Status().Applied) })
	t.gauge("hms_reader_lag_messages", behind, at("store"),
		func() float64 { return lagOf(a.ingester.Acked(), a.pipeline.Status().Stored) })
	t.gauge("hms_pipeline_lag_seconds", "How long acknowledged events wait to be applied.", nil,
		func() float64 { return a.pipeline.Status().Lag.Seconds() })
	t.counter("hms_pipeline_events", "Events applied since the start.", func() float64 { return float64(a.pipeline.Status().Events) })
	t.counter("hms_pipeline_duplicate_events", "Events not counted because their id or idempotency key was known.",
		func() float64 { return float64(a.pipeline.Status().Duplicates) })
	t.counter("hms_pipeline_dropped_messages", "Messages of the event log that could not be read. Anything but 0 is a fault.",
		func() float64 { return float64(a.pipeline.Status().Rejected) })
	t.gauge("hms_store_unstored_events", "Events applied and not yet committed.", nil, func() float64 { return float64(a.pipeline.Status().Unstored) })
	t.counter("hms_store_commits", "Commits since the start.", func() float64 { return float64(a.pipeline.Status().Commits) })
	t.gauge("hms_events_last_seq", "The number of the last event.", nil, func() float64 { return float64(a.pipeline.Status().Last) })
	t.counter("hms_threshold_unjudged_events", "Events not judged because their rule had no room for another series (max_series).",
		func() float64 { return float64(a.judge.Refused()) })
	t.gauge("hms_dedupe_remembered_ids", "Ids and idempotency keys that a repetition would be told by.", nil,
		func() float64 { return float64(a.pipeline.Status().DedupeIDs) })
	t.gauge("hms_dedupe_reach_seconds", "How far back repetitions are told.", nil, func() float64 {
		if reach := a.pipeline.Status().DedupeReach; !reach.IsZero() {
			return a.options.Now().Sub(reach).Seconds()
		}
		return 0
	})
	t.gauge("hms_stream_subscribers", "Readers of the live stream.", nil, func() float64 { return float64(a.hub.Subscribers()) })
	t.counter("hms_stream_delivered_frames", "Points and alerts handed to readers of the live stream.", func() float64 { return float64(a.hub.Delivered()) })
	t.counter("hms_stream_slow_disconnects", "Readers disconnected because they did not keep up; they resume by their last id.",
		func() float64 { return float64(a.hub.Slow()) })
}

func lagOf(acked, taken uint64) float64 {
	if taken >= acked {
		return 0
	}
	return float64(acked - taken)
}
