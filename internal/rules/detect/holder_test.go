package detect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// ratios is what a condition is at each look, NaN-free: 0 is far from met.
type ratios map[int64]float64

// fires says by its definition whether an alert stands at t: the condition held
// throughout a stretch of forMs that ended at s, and since then it was kept.
func (r ratios) fires(t, every int64, h holder, least float64) bool {
	for s := t; s >= t-max(h.keep, h.memory); s -= every {
		held := true
		for x := s; x > s-h.forMs-every && held; x -= every {
			held = r[x] >= 1
		}
		if h.forMs == 0 {
			held = r[s] >= 1
		}
		if !held {
			continue
		}
		near := true
		for x := s + every; x <= t; x += every {
			near = near && r[x] >= least
		}
		if t-s <= h.keep || near && t-s <= h.memory {
			return true
		}
	}
	return false
}

func TestWhatStandsIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const every, least = 10, 0.5
		h := holder{
			forMs:  rapid.SampledFrom([]int64{0, 10, 30}).Draw(t, "for"),
			keep:   rapid.SampledFrom([]int64{0, 20}).Draw(t, "keep"),
			memory: rapid.SampledFrom([]int64{0, 50}).Draw(t, "memory"),
		}
		r := ratios{}
		for x := int64(-200); x <= 400; x += every {
			r[x] = rapid.SampledFrom([]float64{0, 0.7, 1, 2}).Draw(t, "ratio")
		}
		h.memory = max(h.memory, h.keep)
		look := func(h *holder, at int64) string {
			g := grid(every)
			for _, x := range instants(g, h.start(g.last(at), g), at) {
				var found []finding
				if r[x] >= least {
					found = []finding{{level: alert.Warning, ratio: r[x]}}
				}
				h.take(x, found)
			}
			firing, _ := h.standing()
			return fmt.Sprint(len(firing))
		}
		live := h
		for at := int64(0); at <= 400; at += rapid.Int64Range(1, 90).Draw(t, "passes") {
			afresh := h
			got, again := look(&live, at), look(&afresh, at)
			want := "0"
			if r.fires(floor(at, every), every, h, least) {
				want = "1"
			}
			if got != want || again != want {
				t.Fatalf("at %d: %s live, %s afresh, want %s; %+v", at, got, again, want, r)
			}
		}
	})
}

// A series at two levels stands at the worse one.
func TestTheWorseLevelCounts(t *testing.T) {
	h := holder{series: map[string]*held{}}
	h.take(1, []finding{{level: alert.Critical, ratio: 1}, {level: alert.Warning, ratio: 3}, {level: alert.Warning, ratio: 1, tags: tag("a", "b")}})
	firing, _ := h.standing()
	var got []string
	for key, f := range firing {
		got = append(got, key+" "+string(f.level))
	}
	slices.Sort(got)
	if strings.Join(got, ";") != " critical;a\x00b\x00 warning" {
		t.Errorf("%q %v", got, maps.Keys(firing))
	}
}
