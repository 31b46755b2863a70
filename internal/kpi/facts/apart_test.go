package facts

import (
	"slices"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// A kind that stands apart costs the total nothing, and survives a checkpoint of
// an index that has no groups otherwise.
func TestKindsApartAreKeptByGroupAlone(t *testing.T) {
	make2 := func() *Index {
		x := NewIndex([]bool{false, true}, false)
		x.Apart(1)
		return x
	}
	x := make2()
	x.Add(Fact{Kind: 0, Group: 2, T: 5})
	x.Add(Fact{Kind: 1, Group: 2, T: 5, X: 7})
	x.Add(Fact{Kind: 1, Group: 3, T: 6, X: 8})
	x.Remove(Fact{Kind: 1, Group: 3, T: 6, X: 8})
	data := x.AppendBinary(nil)
	again := make2()
	r := bin.NewReader(data)
	if again.Restore(r); r.End() != nil {
		t.Fatal(r.Err())
	}
	for _, x := range []*Index{x, again} {
		if total := x.Total(); total.Len(0) != 1 || total.Len(1) != 0 || x.Missing() != 0 {
			t.Fatal("the total holds what stands apart, or lacks what does not")
		}
		if g := x.Groups([]uint32{2, 3}); g.Len(0) != 0 || g.Len(1) != 1 || !x.Has(2) || x.Has(3) {
			t.Fatal("the groups")
		}
		if !slices.Equal(x.AppendBinary(nil), data) {
			t.Fatal("written otherwise after it was read")
		}
	}
}
