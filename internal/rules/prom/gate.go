package prom

import (
	"context"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
)

// gate keeps the states of alerts from being recorded as often as rules are
// evaluated: thousands of alerts many times a second would fill the disk. While
// it is closed, series that rules record go through, and ends of series.
type gate struct {
	storage.AppendableV2
	open bool
	// unread: nobody asks how alerts stood, so that ends are left out as well.
	unread bool
}

// AppenderV2 implements storage.AppendableV2.
func (g *gate) AppenderV2(ctx context.Context) storage.AppenderV2 {
	inner := g.AppendableV2.AppenderV2(ctx)
	if g.open {
		return inner
	}
	return gated{inner, g.unread}
}

type gated struct {
	storage.AppenderV2
	unread bool
}

// Append implements storage.AppenderV2.
func (g gated) Append(ref storage.SeriesRef, ls labels.Labels, st, t int64, v float64, h *histogram.Histogram, fh *histogram.FloatHistogram, o storage.AOptions) (storage.SeriesRef, error) {
	if name := ls.Get(model.MetricNameLabel); (name == "ALERTS" || name == "ALERTS_FOR_STATE") && (g.unread || !value.IsStaleNaN(v)) {
		return 1, nil
	}
	return g.AppenderV2.Append(ref, ls, st, t, v, h, fh, o)
}
