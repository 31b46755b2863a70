package stream

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// encoder writes the points of one block as frames. What rows have in common,
// the words of the dictionaries, is escaped once.
type encoder struct {
	block      *event.Block
	metric     words
	tags       []words
	id, source words
}

// words writes the text of one column's rows, each after the member name that
// leads it.
type words struct {
	codes []uint32
	texts []string
	lead  string
	// ready holds lead and escaped text of each code, that of code c from
	// ends[c] to ends[c+1]; empty where words repeat too seldom for that to pay.
	ready []byte
	ends  []uint32
}

// newEncoder prepares for encoding rows of b, about so many.
func newEncoder(b *event.Block, rows int) *encoder {
	e := &encoder{
		block:  b,
		metric: newWords(&b.Metric, `data: {"metricName":`, rows),
		id:     newWords(&b.ID, `,"id":`, rows),
		source: newWords(&b.Source, `,"source":`, rows),
		tags:   make([]words, len(b.Tags)),
	}
	for i := range b.Tags {
		t := &b.Tags[i]
		e.tags[i] = newWords(&t.Column, string(append(appendString(nil, t.Key), ':')), rows)
	}
	return e
}

func newWords(c *event.Column, lead string, rows int) words {
	w := words{codes: c.Codes, texts: c.Words, lead: lead}
	if len(c.Words) > 1+rows/2 {
		return w
	}
	w.ends = make([]uint32, 1, len(c.Words)+1)
	for _, text := range c.Words {
		w.ready = appendString(append(w.ready, lead...), text)
		w.ends = append(w.ends, uint32(len(w.ready)))
	}
	return w
}

func (w *words) append(dst []byte, code uint32) []byte {
	if w.ends != nil {
		return append(dst, w.ready[w.ends[code]:w.ends[code+1]]...)
	}
	return appendString(append(dst, w.lead...), w.texts[code])
}

// appendPoint writes the frame of a row.
func (e *encoder) appendPoint(dst []byte, seq uint64, row int) []byte {
	dst = append(dst, "id: "...)
	dst = strconv.AppendUint(dst, seq, 10)
	dst = append(dst, '\n')
	dst = e.metric.append(dst, e.metric.codes[row])
	dst = append(dst, `,"value":`...)
	dst = appendFloat(dst, e.block.Values[row])
	dst = append(dst, `,"tags":{`...)
	open := len(dst)
	for i := range e.tags {
		w := &e.tags[i]
		code := w.codes[row]
		if code == event.Absent {
			continue
		}
		if len(dst) > open {
			dst = append(dst, ',')
		}
		dst = w.append(dst, code)
	}
	dst = append(dst, `},"timestamp":`...)
	dst = strconv.AppendInt(dst, e.block.Times[row], 10)
	if code := e.id.codes[row]; code != event.Absent {
		dst = e.id.append(dst, code)
	}
	if code := e.source.codes[row]; code != event.Absent {
		dst = e.source.append(dst, code)
	}
	return append(dst, "}\n\n"...)
}

// appendAlert writes the frame of a transition.
func appendAlert(dst []byte, t *alert.Transition) []byte {
	dst = append(dst, "event: alert\nid: "...)
	dst = append(dst, t.Position.String()...)
	dst = append(dst, "\ndata: "...)
	data, err := json.Marshal(t)
	if err != nil { // not reachable: values are finite, see ingest
		data = fmt.Appendf(nil, `{"id":%q}`, t.Position)
	}
	dst = append(dst, data...)
	return append(dst, "\n\n"...)
}

// frames are encoded frames, one behind the other: frame i ends at ends[i].
type frames struct {
	data []byte
	ends []uint32
}

// cut gives the bytes of frames lo to hi-1.
func (f *frames) cut(lo, hi int) []byte {
	start := uint32(0)
	if lo > 0 {
		start = f.ends[lo-1]
	}
	return f.data[start:f.ends[hi-1]]
}

func encodePoints(b *event.Block, firstSeq uint64, lo, hi int) frames {
	e := newEncoder(b, hi-lo)
	f := frames{ends: make([]uint32, 0, hi-lo)}
	for row := lo; row < hi; row++ {
		if row == lo+1 { // the first row tells what the others will need
			f.data = slices.Grow(f.data, (len(f.data)+16)*(hi-lo-1))
		}
		f.data = e.appendPoint(f.data, firstSeq+uint64(row), row)
		f.ends = append(f.ends, uint32(len(f.data)))
	}
	return f
}

func encodeAlerts(alerts []alert.Transition) frames {
	f := frames{ends: make([]uint32, 0, len(alerts))}
	for i := range alerts {
		f.data = appendAlert(f.data, &alerts[i])
		f.ends = append(f.ends, uint32(len(f.data)))
	}
	return f
}
