package radix

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type item struct {
	key   int64
	place int
}

func TestSortIsAStableSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom([]int64{0, 1_700_000_000_000, math.MinInt64, math.MaxInt64 - 5000}).Draw(t, "from")
		width := rapid.SampledFrom([]int64{1, 3, 2000, 5000, math.MaxInt64}).Draw(t, "width")
		key := rapid.Map(rapid.Int64Range(0, width-1), func(k int64) int64 { return from + min(k, math.MaxInt64-max(from, 0)) })
		if from == 0 && width == math.MaxInt64 {
			key = rapid.Int64()
		}
		var items []item
		keys := rapid.SliceOfN(key, 0, 300).Draw(t, "keys")
		for range rapid.SampledFrom([]int{1, 20}).Draw(t, "times") {
			for _, k := range keys {
				items = append(items, item{k, len(items)})
			}
		}
		want := slices.Clone(items)
		slices.SortStableFunc(want, func(a, b item) int { return cmp.Compare(a.key, b.key) })
		Sort(items, func(i item) int64 { return i.key })
		if !slices.Equal(items, want) {
			t.Fatalf("%v, want %v", items, want)
		}
	})
}
