package promql

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/prometheus/tsdb"
)

// OpenRecorded opens the database of series that rules make: what recording
// rules record, and which alerts were active since when. It is closed by its
// Close.
func OpenRecorded(dir string, retention time.Duration, log *slog.Logger) (*tsdb.DB, error) {
	o := tsdb.DefaultOptions()
	o.RetentionDuration = retention.Milliseconds()
	o.WALSegmentSize = 16 << 20
	o.StripeSize = 1 << 9
	db, err := tsdb.Open(dir, log, nil, o, nil)
	if err != nil {
		return nil, fmt.Errorf("the series that rules recorded cannot be opened: %w", err)
	}
	return db, nil
}
