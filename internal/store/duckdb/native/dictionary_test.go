package native

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestDictionary gives texts codes and compares with a map, over several chunks
// and blocks, with texts at the length from which DuckDB holds them elsewhere.
func TestDictionary(t *testing.T) {
	db, err := Open(":memory:", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var d Dictionary // one for all rounds, as a reader has it for all blocks
	rapid.Check(t, func(r *rapid.T) {
		distinct := rapid.IntRange(1, 3000).Draw(r, "distinct")
		length := rapid.IntRange(0, 20).Draw(r, "length")
		nulls := rapid.IntRange(1, 4).Draw(r, "nulls")
		rows := rapid.IntRange(0, 10_000).Draw(r, "rows")
		long := strings.Repeat("é", length/2) + strings.Repeat("x", length%2)
		result, err := c.Query(t.Context(), fmt.Sprintf(
			`SELECT CASE WHEN hash(i) %% %d > 0 OR %d = 1 THEN '%s' || CASE n WHEN 0 THEN '' ELSE n::VARCHAR END END
			FROM (SELECT i, hash(i + 7) %% %d AS n FROM range(%d) r(i))`, nulls, nulls, long, distinct, rows))
		if err != nil {
			r.Fatal(err)
		}
		defer result.Close()
		var codes []uint32
		var texts []string
		for n := result.Next(); n > 0; n = result.Next() {
			column := result.Texts(0)
			codes = d.Append(codes, column)
			for row := range n {
				if d.Code(column, row) != codes[len(codes)-n+row] {
					r.Fatalf("row %d has two codes", row)
				}
				text := "NULL"
				if column.Has(row) {
					text = column.Copy(row)
				}
				texts = append(texts, text)
			}
		}
		words := d.Take()
		if len(texts) != rows || len(codes) != rows || words[0] != "" {
			r.Fatalf("%d rows have %d codes; the first word is %q", len(texts), len(codes), words[0])
		}
		next, byText := uint32(1), map[string]uint32{"NULL": 0}
		for i, text := range texts {
			want, known := byText[text]
			if !known {
				want = next
				byText[text] = want
				next++
			}
			if codes[i] != want || want != 0 && words[want] != text {
				r.Fatalf("row %d, %q, has code %d (%q), want %d", i, text, codes[i], words[codes[i]], want)
			}
		}
		if len(words) != int(next) {
			r.Fatalf("%d words, want %d", len(words), next)
		}
	})
}
