// Package radix sorts by whole numbers that lie near each other, as the times of
// events do, in fewer steps than comparing takes. It knows nothing of what it
// sorts; the engine and the facts of KPIs use it.
package radix

import (
	"cmp"
	"math/bits"
	"slices"
)

const (
	// few are sorted sooner by comparing.
	few = 64
	// Each digit costs a walk over as many buckets as it has values: digits of many
	// bits pay for many items.
	many      = 512
	manyBits  = 11
	fewerBits = 8
)

// Sort sorts items by key; those of equal keys stay in their order.
func Sort[T any](items []T, key func(T) int64) {
	if len(items) < few {
		slices.SortStableFunc(items, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
		return
	}
	least, most, sorted := key(items[0]), key(items[0]), true
	last := least
	for _, item := range items[1:] {
		k := key(item)
		sorted = sorted && last <= k
		least, most, last = min(least, k), max(most, k), k
	}
	if sorted {
		return
	}
	digit := fewerBits
	if len(items) >= many {
		digit = manyBits
	}
	from, to := items, make([]T, len(items))
	var room [1 << manyBits]int32
	at, mask := room[:1<<digit], uint64(1)<<digit-1
	width := bits.Len64(uint64(most) - uint64(least)) // right although the difference may be above the largest int64
	for shift := 0; shift < width; shift += digit {
		clear(at)
		for _, item := range from {
			at[(uint64(key(item))-uint64(least))>>shift&mask]++
		}
		sum := int32(0)
		for i, n := range at {
			at[i] = sum
			sum += n
		}
		for _, item := range from {
			place := &at[(uint64(key(item))-uint64(least))>>shift&mask]
			to[*place] = item
			*place++
		}
		from, to = to, from
	}
	if &from[0] != &items[0] {
		copy(items, from)
	}
}
