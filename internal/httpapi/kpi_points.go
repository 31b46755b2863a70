package httpapi

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// MarshalJSON writes what the engine's own does, without an encoder for each of
// tens of thousands of points.
func (c course) MarshalJSON() ([]byte, error) {
	tags, err := json.Marshal(event.TagMap(c.Tags))
	if err != nil {
		return nil, err
	}
	dst := make([]byte, 0, len(tags)+32+32*len(c.Points))
	dst = append(append(append(dst, `{"tags":`...), tags...), `,"points":[`...)
	for i, p := range c.Points {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(strconv.AppendInt(append(dst, '['), p.T, 10), ',')
		dst = append(appendNumber(dst, p.Value), ',')
		dst = append(strconv.AppendInt(dst, p.N, 10), ']')
	}
	dst = append(dst, ']')
	if c.Details != nil {
		intervals, figures := make([]*[2]float64, len(c.Details)), make([]any, len(c.Details))
		for i, d := range c.Details {
			intervals[i], figures[i] = d.Interval, d.Figures
		}
		beside, err := json.Marshal(struct {
			Intervals []*[2]float64 `json:"intervals"`
			Figures   []any         `json:"figures"`
		}{intervals, figures})
		if err != nil {
			return nil, err
		}
		dst = append(append(dst, ','), beside[1:len(beside)-1]...)
	}
	return append(dst, '}'), nil
}

// appendNumber writes what is no number as null.
func appendNumber(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	format := byte('f')
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, v, format, -1, 64)
}
