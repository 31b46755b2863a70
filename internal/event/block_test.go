package event

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

func genEvent(t *rapid.T) Event {
	e := Event{
		Metric: rapid.SampledFrom([]string{"case.opened", "case.resolved", "queue.load", "é"}).Draw(t, "metric"),
		Value: rapid.OneOf(
			rapid.SampledFrom([]float64{0, 1, -1, 2.5, math.MaxFloat64, math.Copysign(0, -1), 1 << 31}),
			rapid.Float64Range(-1e6, 1e6)).Draw(t, "value"),
		Time:   rapid.Int64Range(0, 1<<43).Draw(t, "time"),
		ID:     rapid.SampledFrom([]string{"", "1", "2", "x"}).Draw(t, "id"),
		Source: rapid.SampledFrom([]string{"", "s"}).Draw(t, "source"),
	}
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c d", "ü", "e"}), 0, 5, rapid.ID[string]).Draw(t, "keys")
	sort.Strings(keys)
	for _, k := range keys {
		e.Tags = append(e.Tags, Tag{k, rapid.SampledFrom([]string{"", "x", "y\n", "日本"}).Draw(t, "text")})
	}
	return e
}

func rows(b *Block) []Event {
	all := make([]Event, b.Len())
	for i := range all {
		all[i] = b.Row(i)
	}
	return all
}

func same(a, b []Event) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Float64bits(a[i].Value) != math.Float64bits(b[i].Value) || !reflect.DeepEqual(a[i].Tags, b[i].Tags) {
			return false
		}
		a, b := a[i], b[i]
		a.Tags, b.Tags, a.Value, b.Value = nil, nil, 0, 0
		if !reflect.DeepEqual(a, b) {
			return false
		}
	}
	return true
}

func TestBlockHoldsWhatWasAppended(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b Builder
		for round := range 2 { // the second round runs on reused memory
			events := rapid.SliceOf(rapid.Custom(genEvent)).Draw(t, "events")
			for _, e := range events {
				b.Append(e)
			}
			block := b.Block()
			if got := rows(block); !same(got, events) {
				t.Fatalf("round %d: put in %v, got %v", round, events, got)
			}
			decoded, err := DecodeBlock(block.AppendBinary(nil))
			if err != nil {
				t.Fatal(err)
			}
			if got := rows(decoded); !same(got, events) {
				t.Fatalf("decoded: put in %v, got %v", events, got)
			}
			b.Reset()
		}
	})
}

func TestMergeAndFilterKeepRowsAndRequests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var merged Builder
		var want []Event
		var requests []Request
		for i := range rapid.IntRange(1, 4).Draw(t, "blocks") {
			events := rapid.SliceOfN(rapid.Custom(genEvent), 1, 6).Draw(t, "events")
			var b Builder
			for _, e := range events {
				b.Append(e)
			}
			key := fmt.Sprint("key", i)
			b.AppendRequest(key, 0)
			requests = append(requests, Request{key, len(want), len(events)})
			want = append(want, events...)
			merged.AppendBlock(b.Block())
		}
		block := merged.Block()
		if got := rows(block); !same(got, want) || !reflect.DeepEqual(block.Requests, requests) {
			t.Fatalf("merged %v, want %v", got, want)
		}
		keep := rapid.SliceOfN(rapid.Bool(), len(want), len(want)).Draw(t, "keep")
		var kept []Event
		for i, k := range keep {
			if k {
				kept = append(kept, want[i])
			}
		}
		var filtered Builder
		filtered.AppendRows(block, keep)
		if got := rows(filtered.Block()); !same(got, kept) {
			t.Fatalf("kept %v, want %v", got, kept)
		}
	})
}

func TestSecondTextForOneKeyIsRefused(t *testing.T) {
	var b Builder
	b.Start()
	if !b.SetTag([]byte("k"), []byte("1")) || b.SetTag([]byte("k"), []byte("2")) {
		t.Fatal("the second SetTag of one key in one row must report false")
	}
	b.Start()
	if !b.SetTag([]byte("k"), []byte("3")) {
		t.Fatal("the next row may use the key again")
	}
	if got := b.Block().Tag("k"); got.Text(0) != "1" || got.Text(1) != "3" {
		t.Fatalf("tag column %v", got)
	}
}

func FuzzDecodeBlock(f *testing.F) {
	f.Add(Of().AppendBinary(nil))
	f.Add(Of(Event{Metric: "m", Value: 1.5, Time: 5, ID: "i", Source: "s", Tags: []Tag{{"k", "v"}}}, Event{Metric: "n"}).AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := DecodeBlock(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("error %v does not wrap ErrCorrupt", err)
			}
			return
		}
		again, err := DecodeBlock(b.AppendBinary(nil))
		if err != nil || !same(rows(b), rows(again)) {
			t.Fatalf("decoding what was decoded and encoded: %v", err)
		}
	})
}

func officeBlock(n int) *Block {
	var b Builder
	for i := range n {
		b.Append(Event{Metric: []string{"case.opened", "case.resolved"}[i%2], Value: 1, Time: 1700000000000 + int64(i), Tags: []Tag{
			{"agentId", fmt.Sprint("agent-", i*7919%2000)}, {"caseId", fmt.Sprint("C-", i/4)},
			{"channel", []string{"phone", "web", "mail", "desk"}[i%4]}, {"office", fmt.Sprint("office-", i%50)}, {"priority", fmt.Sprint(i % 3)}}})
	}
	return b.Block()
}

func BenchmarkBlock(b *testing.B) {
	for _, n := range []int{1, 30, 1000, 8000} {
		block := officeBlock(n)
		data := block.AppendBinary(nil)
		perEvent := func(b *testing.B) { b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event") }
		b.Run(fmt.Sprintf("encode/rows=%d", n), func(b *testing.B) {
			var dst []byte
			for b.Loop() {
				dst = block.AppendBinary(dst[:0])
			}
			perEvent(b)
			b.ReportMetric(float64(len(dst))/float64(n), "bytes/event")
		})
		b.Run(fmt.Sprintf("decode/rows=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := DecodeBlock(data); err != nil {
					b.Fatal(err)
				}
			}
			perEvent(b)
		})
		b.Run(fmt.Sprintf("merge/rows=%d", n), func(b *testing.B) {
			var m Builder
			for b.Loop() {
				m.AppendBlock(block)
				m.Reset()
			}
			perEvent(b)
		})
	}
}

func TestDamagedBlockIsRefused(t *testing.T) {
	data := officeBlock(20).AppendBinary(nil)
	for cut := range data {
		if _, err := DecodeBlock(data[:cut]); err == nil {
			t.Fatalf("a block cut at byte %d of %d was read", cut, len(data))
		}
	}
	if _, err := DecodeBlock(append(bytes.Clone(data), 0)); err == nil {
		t.Fatal("a block with a byte too many was read")
	}
}
