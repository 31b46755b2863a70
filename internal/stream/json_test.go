package stream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// FuzzPoint holds the hand-written encoding to encoding/json.
func FuzzPoint(f *testing.F) {
	f.Add("case.resolved", 1.0, int64(1_700_000_000_000), "caseId", "C-1", "7", "permits")
	f.Add("a\"\\\b\f\n\r\t\x00\x7f<&>", 0.5, int64(-1), "\u2028", "\u2029 ü 🙂", "\xff", "\xc3")
	f.Add("", math.Copysign(0, -1), int64(0), "", "", "", "")
	for _, v := range []float64{1e20, 1e21, 1e-6, 9.99e-7, 1 << 53, 1<<53 + 2, math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1, -1.5, math.MaxInt64} {
		f.Add("m", v, int64(0), "k", "v", "", "")
	}
	f.Fuzz(func(t *testing.T, metric string, value float64, ms int64, key, text, id, source string) {
		if math.IsNaN(value) || math.IsInf(value, 0) {
			t.Skip("ingest lets no such value in")
		}
		e := event.Event{Metric: metric, Value: value, Time: ms, ID: id, Source: source, Tags: []event.Tag{{Key: key, Value: text}}}
		// Words of the dictionary and words written in place take two paths.
		for _, b := range []*event.Block{event.Of(e), event.Of(e, e, e, e)} {
			frames := encodePoints(b, 5, 0, b.Len())
			want := fmt.Sprintf("id: 5\ndata: %s\n\n", plainJSON(e))
			if got := string(frames.cut(0, 1)); got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
			if bytes.Count(frames.cut(0, 1), []byte("\n")) != 3 || bytes.ContainsRune(frames.data, '\r') {
				t.Fatalf("a line too many: %q", frames.data)
			}
			if !utf8.Valid(frames.data) {
				t.Fatalf("no UTF-8: %q", frames.data)
			}
		}
	})
}

func TestFloats(t *testing.T) {
	for v, want := range map[float64]string{
		1: "1", -1: "-1", 1.5: "1.5", 1e15: "1000000000000000", 1e21: "1e+21", 1e-7: "1e-7", math.NaN(): "null", math.Inf(1): "null",
	} {
		if got := string(appendFloat(nil, v)); got != want {
			t.Errorf("%v is written %s", v, got)
		}
	}
}

// officeBlock is what a day at the office looks like: five tags, two of them
// seldom the same.
func officeBlock(rows int) *event.Block {
	var b event.Builder
	for i := range rows {
		b.Append(event.Event{
			Metric: [...]string{"case.opened", "case.resolved", "call.answered"}[i%3], Value: 1, Time: 1_700_000_000_000 + int64(i),
			Tags: []event.Tag{
				{Key: "agentId", Value: fmt.Sprint("a", i%40)}, {Key: "caseId", Value: fmt.Sprint("C-", i/4)}, {Key: "channel", Value: "phone"},
				{Key: "office", Value: fmt.Sprint("office-", i%6)}, {Key: "priority", Value: "high"},
			},
		})
	}
	return b.Block()
}

func BenchmarkEncode1000Events(b *testing.B) {
	block := officeBlock(1000)
	b.ReportAllocs()
	b.SetBytes(int64(len(encodePoints(block, 1, 0, 1000).data)))
	for b.Loop() {
		encodePoints(block, 1, 0, 1000)
	}
}

func BenchmarkEncodingJSON1000Events(b *testing.B) {
	block := officeBlock(1000)
	for b.Loop() {
		for i := range 1000 {
			e := block.Row(i)
			tags := map[string]string{}
			for _, t := range e.Tags {
				tags[t.Key] = t.Value
			}
			if _, err := json.Marshal(map[string]any{"metricName": e.Metric, "value": e.Value, "tags": tags, "timestamp": e.Time}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkString(b *testing.B) {
	word := strings.Repeat("office-", 3)
	buf := make([]byte, 0, 64)
	for b.Loop() {
		buf = appendString(buf[:0], word)
	}
}
