package httpapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/hms-ops/hms-monitor/internal/ingest"
)

// budget bounds the bytes of all bodies in memory, so that overload is answered
// and not suffered.
type budget struct {
	most int64
	used atomic.Int64
}

func (b *budget) take(n int) bool {
	if b.used.Add(int64(n)) > b.most {
		b.used.Add(-int64(n))
		return false
	}
	return true
}

// inBody is one request's body, decompressed. It is reused.
type inBody struct {
	bytes []byte
	taken int
	gzip  gzip.Reader
	zstd  *zstd.Decoder
}

const (
	// bodyStep is how much memory is asked for at a time: a sender that claims
	// a large body has to send it to be given room for it.
	bodyStep = 64 << 10
	// keptBody is the largest buffer that is kept for the next request.
	keptBody = 1 << 20
	// largeTimeout is what a large body may take to arrive; a small one has the
	// time that the server gives a request's headers.
	largeTimeout = 2 * time.Minute
)

func (b *inBody) release(budget *budget) {
	budget.used.Add(-int64(b.taken))
	b.taken = 0
	if cap(b.bytes) > keptBody {
		b.bytes = nil
	}
	b.bytes = b.bytes[:0]
}

// read reads and decompresses a request's body; its errors are refusals.
func (b *inBody) read(w http.ResponseWriter, r *http.Request, budget *budget, most int) error {
	if r.ContentLength > int64(most) {
		return tooLarge(most)
	}
	if r.ContentLength < 0 || r.ContentLength > bodyStep {
		if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(largeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
	}
	source, err := b.source(r, most)
	if err != nil {
		return err
	}
	return b.fill(source, budget, most)
}

func (b *inBody) source(r *http.Request, most int) (io.Reader, error) {
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
		return r.Body, nil
	case "gzip":
		if err := b.gzip.Reset(io.LimitReader(r.Body, int64(most)+1)); err != nil {
			return nil, broken("gzip", err)
		}
		return &b.gzip, nil
	case "zstd":
		if b.zstd == nil {
			decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
			if err != nil {
				return nil, err
			}
			b.zstd = decoder
		}
		if err := b.zstd.Reset(io.LimitReader(r.Body, int64(most)+1)); err != nil {
			return nil, broken("zstd", err)
		}
		return b.zstd, nil
	default:
		return nil, &ingest.Refusal{Reason: ingest.WrongType, Detail: fmt.Sprintf("Content-Encoding %.40q is not known: send gzip, zstd or none", encoding)}
	}
}

func (b *inBody) fill(source io.Reader, budget *budget, most int) error {
	b.bytes = b.bytes[:0]
	for {
		if len(b.bytes) == b.taken {
			if !budget.take(bodyStep) {
				return &ingest.Refusal{Reason: ingest.Overloaded, Detail: "too many requests are being worked on: send this one again later"}
			}
			b.taken += bodyStep
		}
		if cap(b.bytes) == len(b.bytes) {
			grown := make([]byte, len(b.bytes), max(4<<10, min(2*cap(b.bytes), most+1)))
			copy(grown, b.bytes)
			b.bytes = grown
		}
		n, err := source.Read(b.bytes[len(b.bytes):min(cap(b.bytes), b.taken)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		if len(b.bytes) > most {
			return tooLarge(most)
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return unread(err)
		}
	}
}

func tooLarge(most int) error {
	return &ingest.Refusal{Reason: ingest.TooLarge, Detail: fmt.Sprintf("the body is more than %d bytes (after decompression): send it in several requests, or raise ingest.max_body", most)}
}

func broken(encoding string, err error) error {
	return &ingest.Refusal{Reason: ingest.Malformed, Detail: fmt.Sprintf("the body is not valid %s: %v", encoding, err)}
}

func unread(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &ingest.Refusal{Reason: ingest.Malformed, Detail: "the body did not arrive in time"}
	case errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return &ingest.Refusal{Reason: ingest.TooLarge, Detail: "the zstd frame asks for a window of more than 8 MiB: compress with a smaller one"}
	}
	return &ingest.Refusal{Reason: ingest.Malformed, Detail: fmt.Sprintf("the body cannot be read: %v", err)}
}
