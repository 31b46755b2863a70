package facts

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// A dictionary answers as a map and a list do, whatever the length of its texts,
// and so does one that was written and read.
func TestADictionaryKeepsTextsOfAnyLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SampledFrom([]int{0, 1, 7, 8, 9, 200, 5000, textUnit*pageUnits - textUnit, textUnit*pageUnits + 1})
		codes, texts := map[string]uint32{}, []string{""}
		var d Dict
		for range rapid.IntRange(0, 300).Draw(t, "texts") {
			text := strings.Repeat(rapid.SampledFrom([]string{"a", "b", "é"}).Draw(t, "letter"), lengths.Draw(t, "length"))
			if code, ok := d.Find(text); code != codes[text] || ok != (codes[text] > 0) {
				t.Fatalf("found %d, want %d", code, codes[text])
			}
			if codes[text] == 0 {
				codes[text] = uint32(len(texts))
				texts = append(texts, text)
			}
			if code := d.Code(text); code != codes[text] {
				t.Fatalf("the code %d, want %d", code, codes[text])
			}
		}
		var again Dict
		r := bin.NewReader(d.AppendBinary(nil))
		if again.Restore(r); r.End() != nil {
			t.Fatal(r.Err())
		}
		for _, d := range []*Dict{&d, &again} {
			if d.Len() != len(texts) {
				t.Fatalf("%d codes, want %d", d.Len(), len(texts))
			}
			for code, text := range texts {
				if d.Text(uint32(code)) != text {
					t.Fatalf("another text of %d", code)
				}
				if found, ok := d.Find(text); code > 0 && (!ok || found != uint32(code)) {
					t.Fatalf("found %d, want %d", found, code)
				}
			}
		}
	})
}
