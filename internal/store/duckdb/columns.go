package duckdb

import (
	"slices"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// eventColumns are the columns of table events for a block, in the table's order.
func eventColumns(l *layout, b *event.Block, first uint64, received []int64) []native.Column {
	seqs := make([]int64, b.Len())
	for i := range seqs {
		seqs[i] = int64(first) + int64(i)
	}
	columns := make([]native.Column, 0, len(fixedColumns)+len(l.order))
	columns = append(columns,
		native.Ints(seqs), native.Moments(b.Times), native.Moments(received),
		native.Text(b.Metric.Codes, b.Metric.Words), native.Doubles(b.Values),
		nullable(&b.Source), identified(&b.ID))
	for _, c := range l.order {
		switch tag := b.Tag(c.key); {
		case c.name == moreTags:
			columns = append(columns, overflow(l, b))
		case tag != nil:
			columns = append(columns, nullable(&tag.Column))
		default:
			columns = append(columns, native.NoText())
		}
	}
	return columns
}

func nullable(c *event.Column) native.Column {
	if len(c.Words) == 1 {
		return native.NoText()
	}
	return native.NullableText(c.Codes, c.Words)
}

// identified is the column of ids. An empty id is none, so that what is not
// NULL is what the deduplication asks for.
func identified(c *event.Column) native.Column {
	empty, found := c.Code("")
	if !found {
		return nullable(c)
	}
	codes := slices.Clone(c.Codes)
	for i, code := range codes {
		if code == empty {
			codes[i] = event.Absent
		}
	}
	return native.NullableText(codes, c.Words)
}

// overflow is the column of maps, for the keys without a column.
func overflow(l *layout, b *event.Block) native.Column {
	var maps [][]native.Pair
	for k := range b.Tags {
		tag := &b.Tags[k]
		if l.columns[tag.Key] != "" {
			continue
		}
		if maps == nil {
			maps = make([][]native.Pair, b.Len())
		}
		for i, code := range tag.Codes {
			if code != event.Absent {
				maps[i] = append(maps[i], native.Pair{Key: tag.Key, Text: tag.Words[code]})
			}
		}
	}
	if maps == nil {
		return native.NoMaps()
	}
	return native.MapsOf(maps)
}

func keyColumns(keys []store.Key, last int64) []native.Column {
	n, received, texts := make([]int64, len(keys)), make([]int64, len(keys)), make([]string, len(keys))
	for i, key := range keys {
		n[i], received[i], texts[i] = last+int64(i)+1, key.Received, key.Key
	}
	return []native.Column{native.Ints(n), native.Moments(received), native.Plain(texts)}
}

func alertColumns(alerts []alert.Transition) []native.Column {
	n := len(alerts)
	seq, number := make([]int64, n), make([]int64, n)
	time, at, since := make([]int64, n), make([]int64, n), make([]int64, n)
	observations := make([]int64, n)
	values, tags, annotations := make([]float64, n), make([][]native.Pair, n), make([][]native.Pair, n)
	text := func(of func(*alert.Transition) string) native.Column {
		rows := make([]string, n)
		for i := range alerts {
			rows[i] = of(&alerts[i])
		}
		return native.Plain(rows)
	}
	for i, a := range alerts {
		seq[i], number[i] = int64(a.Position.Seq), int64(a.Position.N)
		values[i], time[i], at[i], since[i] = a.Value, a.Timestamp, a.At, a.Since
		observations[i], tags[i], annotations[i] = a.N, pairs(a.Tags), pairs(a.Annotations)
	}
	return []native.Column{
		native.Ints(seq), native.Ints(number),
		text(func(a *alert.Transition) string { return a.Rule }),
		text(func(a *alert.Transition) string { return a.Metric }),
		native.MapsOf(tags),
		text(func(a *alert.Transition) string { return string(a.State) }),
		text(func(a *alert.Transition) string { return string(a.Previous) }),
		native.Doubles(values), native.Moments(time), native.Moments(at), native.Moments(since),
		text(func(a *alert.Transition) string { return a.Condition }),
		text(func(a *alert.Transition) string { return a.Kind }),
		native.Ints(observations),
		text(func(a *alert.Transition) string {
			if a.Provisional {
				return provisional
			}
			return final
		}),
		native.MapsOf(annotations),
		text(func(a *alert.Transition) string { return string(a.Evidence) }),
	}
}

// What the column certainty of table alerts holds.
const provisional, final = "provisional", "final"

func pairs(tags []event.Tag) (all []native.Pair) {
	for _, t := range tags {
		all = append(all, native.Pair{Key: t.Key, Text: t.Value})
	}
	return all
}
