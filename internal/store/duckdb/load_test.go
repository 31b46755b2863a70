package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

// load makes events like those of an office: 2,000 agents, 50 offices, four
// channels, three priorities, and cases of four events each, of which a
// thousand are open at a time. It is the same each time.
type load struct {
	random *rand.Rand
	seq    uint64
	cases  []openCase
	opened int
	ids    bool
	b      event.Builder
}

type openCase struct {
	id   []byte
	left int
}

func newLoad(ids bool) *load {
	l := &load{random: rand.New(rand.NewPCG(1, 2)), ids: ids, cases: make([]openCase, 1000)}
	for i := range l.cases {
		l.open(i)
	}
	return l
}

func (l *load) open(i int) {
	l.opened++
	l.cases[i] = openCase{id: fmt.Appendf(nil, "C-%d", 1_000_000+l.opened), left: 4}
}

func names(format string, n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = fmt.Appendf(nil, format, i)
	}
	return all
}

// commits makes n commits of rows events, 300 events to the millisecond.
func (l *load) commits(n, rows int) []store.Commit {
	metrics, agents, offices := names("case.step.%d", 4), names("agent-%04d", 2000), names("office-%02d", 50)
	channels, priorities := names("channel-%d", 4), names("priority-%d", 3)
	keys := [][]byte{[]byte("agentId"), []byte("caseId"), []byte("channel"), []byte("office"), []byte("priority")}
	pick := func(of [][]byte) []byte { return of[l.random.IntN(len(of))] }
	commits := make([]store.Commit, n)
	for i := range commits {
		received := make([]int64, rows)
		for row := range rows {
			l.seq++
			now := 1_700_000_000_000 + int64(l.seq/300)
			received[row] = now
			l.b.Start()
			l.b.SetTime(now - l.random.Int64N(1000))
			l.b.SetValue(float64(l.random.IntN(100)))
			l.b.SetMetric(pick(metrics))
			if l.ids {
				l.b.SetSource([]byte("permits"))
				l.b.SetID(fmt.Appendf(nil, "event-%d", l.seq))
			}
			c := l.random.IntN(len(l.cases))
			l.b.SetTag(keys[0], pick(agents))
			l.b.SetTag(keys[1], l.cases[c].id)
			l.b.SetTag(keys[2], pick(channels))
			l.b.SetTag(keys[3], pick(offices))
			l.b.SetTag(keys[4], pick(priorities))
			if l.cases[c].left--; l.cases[c].left == 0 {
				l.open(c)
			}
		}
		commits[i] = store.Commit{
			Position: store.Position{LogSeq: l.seq, Seq: l.seq},
			Events:   l.b.Block(), Received: received,
			State: map[string][]byte{"alert": make([]byte, 1000)},
		}
		l.b = event.Builder{}
	}
	return commits
}

// fill stores about rows events.
func fill(t testing.TB, s *duckdb.Store, l *load, rows int) {
	t.Helper()
	const size = 50_000
	for range (rows + size - 1) / size {
		for _, c := range l.commits(1, size) {
			if err := s.Commit(context.Background(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
}
