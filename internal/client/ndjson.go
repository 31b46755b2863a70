package client

import (
	"encoding/json"
	"strconv"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// smallBody is the size below which compressing costs more than it saves.
const smallBody = 1 << 10

// compressor is made when the first large body comes. Several goroutines may
// use it at once.
type compressor struct {
	once    sync.Once
	encoder *zstd.Encoder
}

func (c *compressor) compress(body []byte) (compressed []byte, encoding string) {
	if len(body) < smallBody {
		return body, ""
	}
	c.once.Do(func() {
		var err error
		c.encoder, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
		if err != nil {
			panic(err) // the options are constants
		}
	})
	return c.encoder.EncodeAll(body, make([]byte, 0, len(body)/4)), "zstd"
}

// AppendNDJSON appends one line of JSON for each event, as POST /metrics takes
// them.
func AppendNDJSON(dst []byte, events []event.Event) []byte {
	for i := range events {
		dst = appendEvent(dst, &events[i])
		dst = append(dst, '\n')
	}
	return dst
}

func appendEvent(dst []byte, e *event.Event) []byte {
	dst = append(dst, `{"metricName":`...)
	dst = appendText(dst, e.Metric)
	dst = append(dst, `,"value":`...)
	dst = strconv.AppendFloat(dst, e.Value, 'g', -1, 64)
	if len(e.Tags) > 0 {
		dst = append(dst, `,"tags":{`...)
		for i, t := range e.Tags {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendText(dst, t.Key)
			dst = append(dst, ':')
			dst = appendText(dst, t.Value)
		}
		dst = append(dst, '}')
	}
	dst = append(dst, `,"timestamp":`...)
	dst = strconv.AppendInt(dst, e.Time, 10)
	if e.ID != "" {
		dst = append(dst, `,"id":`...)
		dst = appendText(dst, e.ID)
	}
	if e.Source != "" {
		dst = append(dst, `,"source":`...)
		dst = appendText(dst, e.Source)
	}
	return append(dst, '}')
}

// appendText quotes s for JSON. Almost every text needs no escape and is
// copied whole.
func appendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x80 {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // a string always marshals
			}
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
