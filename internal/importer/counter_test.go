package importer

import (
	"bytes"
	"io"
	"net/http"

	"github.com/klauspost/compress/zstd"
)

// counter is a server without a network that counts events by metric, once per
// id. It looks at the text only: parsing JSON would be most of the test.
type counter struct {
	zstd  *zstd.Decoder
	known map[string]bool
	count map[string]int
}

func newCounter() (*counter, error) {
	z, err := zstd.NewReader(nil)
	return &counter{zstd: z, known: make(map[string]bool), count: make(map[string]int)}, err
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.Header.Get("Content-Encoding") == "zstd" {
		if body, err = c.zstd.DecodeAll(body, nil); err != nil {
			return nil, err
		}
	}
	for line := range bytes.Lines(body) {
		_, rest, _ := bytes.Cut(line, []byte(`{"metricName":"`))
		metric, rest, _ := bytes.Cut(rest, []byte(`"`))
		_, id, _ := bytes.Cut(rest, []byte(`,"id":"`))
		if key := string(id); !c.known[key] {
			c.known[key] = true
			c.count[string(metric)]++
		}
	}
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
}
