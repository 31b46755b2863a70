package duckdb

import (
	"context"
	"fmt"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// Rates counts events per metric and step over [from, to), for the metrics that
// have any there, ordered by name.
func (s *Store) Rates(ctx context.Context, f store.Filter, from, to, step int64) (series []store.Series, seq uint64, err error) {
	if step <= 0 || to < from {
		return nil, 0, fmt.Errorf("rates from %d to %d by steps of %d ms are none", from, to, step)
	}
	points := (to - from + step - 1) / step
	v := s.view.Load()
	where := condition{}
	where.and(`seq <= ?`, int64(v.position.Seq))
	where.and(`time >= ? AND time < ?`, native.Millis(from), native.Millis(to))
	where.filter(v.layout, f)
	err = s.readers.do(ctx, func(c *native.Conn) error {
		return each(ctx, c, func(r *native.Result, row int) error {
			metric := r.Texts(0).Borrow(row)
			if n := len(series); n == 0 || series[n-1].Metric != metric {
				series = append(series, store.Series{Metric: r.Texts(0).Copy(row), Points: make([]uint64, points)})
			}
			series[len(series)-1].Points[r.Int64s(1)[row]] = uint64(r.Int64s(2)[row])
			return nil
		}, fmt.Sprintf(`SELECT metric, (epoch_ms(time) - %d) // %d AS step, count(*) FROM events WHERE %s
			GROUP BY ALL ORDER BY metric, step`, from, step, &where), where.args...)
	})
	return series, v.position.Seq, err
}
