package facts

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// word is a tag value that may be absent.
type word struct {
	there bool
	text  string
}

var words = []word{{}, {true, ""}, {true, "a"}, {true, "b"}, {true, "c\x00"}}

// texts is a tuple as it reads.
func texts(l *Labels, code uint32) (all []word) {
	for i := range l.Keys {
		text, ok := l.Text(code, i)
		all = append(all, word{ok, text})
	}
	return all
}

func TestLabelsAreTuplesOfTagValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := []string{"k0", "k1", "k2"}[:rapid.IntRange(0, 3).Draw(t, "keys")]
		l := NewLabels(keys)
		codes := map[string]uint32{fmt.Sprint(make([]word, len(keys))[:]): 0}
		see := func(code uint32, want []word) {
			t.Helper()
			if got := texts(l, code); !slices.Equal(got, want) {
				t.Fatalf("code %d reads %v, want %v", code, got, want)
			}
			key := fmt.Sprint(want)
			if known, ok := codes[key]; len(keys) > 0 && ok && known != code {
				t.Fatalf("%v has the codes %d and %d", want, known, code)
			}
			codes[key] = code
		}
		draw := func() (tuple []word) {
			for range keys {
				tuple = append(tuple, rapid.SampledFrom(words).Draw(t, "word"))
			}
			return tuple
		}
		of := func(tuple []word) uint32 {
			var text []string
			var present []bool
			for _, w := range tuple {
				text, present = append(text, w.text), append(present, w.there)
			}
			return l.Of(text, present)
		}
		for range rapid.IntRange(1, 8).Draw(t, "blocks") {
			var rows [][]word
			var b event.Builder
			for range rapid.IntRange(1, 5).Draw(t, "rows") {
				row := draw()
				e := event.Event{Metric: "m"}
				for i, w := range row {
					if w.there {
						e.Tags = append(e.Tags, event.Tag{Key: keys[i], Value: w.text})
					}
				}
				b.Append(e)
				rows = append(rows, row)
			}
			l.Use(b.Block())
			for i, row := range rows {
				see(l.Row(i), row)
			}
			x, y := draw(), draw()
			see(of(x), x)
			see(of(y), y)
			filled := slices.Clone(x)
			for i := range filled {
				if !filled[i].there {
					filled[i] = y[i]
				}
			}
			see(l.Fill(of(x), of(y)), filled)
			n := rapid.IntRange(0, len(keys)).Draw(t, "head")
			see(l.Head(of(x), n), append(slices.Clone(x[:n]), make([]word, len(keys)-n)...))
			if len(keys) > 0 {
				i := rapid.IntRange(0, len(keys)-1).Draw(t, "place")
				with := slices.Clone(x)
				with[i] = y[i]
				see(l.With(of(x), i, l.Value(of(y), i)), with)
			}
			want := slices.CompareFunc(x, y, func(a, b word) int {
				if a.there != b.there {
					return map[bool]int{false: -1, true: 1}[a.there]
				}
				return cmp.Compare(a.text, b.text)
			})
			if got := cmp.Compare(l.Compare(of(x), of(y)), 0); got != want {
				t.Fatalf("%v against %v: %d, want %d", x, y, got, want)
			}
			if rapid.Bool().Draw(t, "restore") {
				again := NewLabels(keys)
				r := bin.NewReader(l.AppendBinary(nil))
				again.Restore(r)
				if err := r.End(); err != nil || again.Len() != l.Len() {
					t.Fatalf("%v, %d codes of %d", err, again.Len(), l.Len())
				}
				l = again
			}
		}
	})
}

func FuzzLabelsRestore(f *testing.F) {
	for n := range 3 {
		l := NewLabels([]string{"a", "b", "c"}[:n])
		l.Of([]string{"x", "y", "z"}, []bool{true, false, true})
		l.Of([]string{"y", "", "z"}, []bool{true, true, true})
		f.Add(n, l.AppendBinary(nil))
	}
	f.Fuzz(func(t *testing.T, n int, data []byte) {
		l := NewLabels([]string{"a", "b", "c"}[:max(0, min(n, 3))])
		r := bin.NewReader(data)
		l.Restore(r)
		for code := range uint32(l.Len()) {
			texts(l, code)
			l.Compare(code, 0)
			l.Fill(code, 0)
		}
	})
}
