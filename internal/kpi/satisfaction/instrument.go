package satisfaction

import (
	"maps"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// instrument is a question with whole numbers for an answer.
type instrument struct {
	low, high int
	unit      string
	formula   string
	// least and most bound the value.
	least, most float64
	// top is the answer from which on people are content; 0 where the share of
	// them is not a figure of the instrument.
	top int
	// passive and promoter are the answers from which on people are either; 0
	// where that is not a figure of the instrument.
	passive, promoter int

	judge func(t tally) result
}

// result is the value of an instrument, with the interval it lies in. The
// interval is not defined where the value rests on too few answers for it.
type result struct {
	value, lo, hi float64
	defined       bool
}

const ratio = "ratio"

var instruments = map[string]instrument{
	"csat5": {
		low: 1, high: 5, unit: ratio, least: 0, most: 1, top: 4, judge: share,
		formula: "answers of 4 and 5 / answers of 1 to 5",
	},
	"stars5": {
		low: 1, high: 5, unit: "stars", least: 1, most: 5, judge: mean,
		formula: "mean of the answers, 1 to 5 stars",
	},
	"nps": {
		low: 0, high: 10, unit: "points", least: -100, most: 100, passive: 7, promoter: 9, judge: net,
		formula: "100 · (answers of 9 and 10 - answers of 0 to 6) / answers of 0 to 10",
	},
	"ces7": {
		low: 1, high: 7, unit: "score", least: 1, most: 7, top: 5, judge: mean,
		formula: "mean of the answers, 1 to 7; beside it the share of 5 to 7",
	},
}

func instrumentNames() []string { return slices.Sorted(maps.Keys(instruments)) }

// score is the answer that a value is; false where it is none.
func (in *instrument) score(value float64) (score int64, ok bool) {
	if !(value >= float64(in.low) && value <= float64(in.high)) {
		return 0, false
	}
	score = int64(value)
	return score, float64(score) == value
}

// tally counts the answers of one window.
type tally struct {
	in *instrument
	// counts[i] answers were low+i.
	counts []int64
	n      int64
}

// from counts the answers of at least score.
func (t tally) from(score int) (n int64) {
	for _, count := range t.counts[score-t.in.low:] {
		n += count
	}
	return n
}

func share(t tally) result {
	k := t.from(t.in.top)
	lo, hi := stats.Wilson(k, t.n)
	return result{float64(k) / float64(t.n), lo, hi, t.n > 0}
}

func mean(t tally) result {
	n, mean, variance := stats.Moments(t.in.low, t.counts)
	lo, hi := stats.MeanInterval(mean, variance, n, t.in.least, t.in.most)
	return result{mean, lo, hi, n > 1}
}

func net(t tally) result {
	value, lo, hi := stats.NPS(t.from(t.in.promoter), t.n-t.from(t.in.passive), t.n)
	return result{value, lo, hi, t.n > 0}
}

// kinds numbers the facts of an instrument.
type kinds struct {
	low, scores int
}

func (in *instrument) kinds() kinds { return kinds{in.low, in.high - in.low + 1} }

// score: an answer, at its time.
func (k kinds) score(score int64) facts.Kind { return facts.Kind(score - int64(k.low)) }

// superseded: an answer that a later one of the same survey took the place of,
// at the later one's time, with its own time for a number.
func (k kinds) superseded(score int64) facts.Kind { return k.score(score) + facts.Kind(k.scores) }

// invalid: an answer that is none, at its time.
func (k kinds) invalid() facts.Kind { return facts.Kind(2 * k.scores) }

// sent: a survey with a key, at the time when it was first sent.
func (k kinds) sent() facts.Kind { return k.invalid() + 1 }

// responded: a survey sent that was answered, at the time when it was sent, with
// the time of its first answer for a number.
func (k kinds) responded() facts.Kind { return k.invalid() + 2 }

// keyless: a survey sent without a key.
func (k kinds) keyless() facts.Kind { return k.invalid() + 3 }

func (k kinds) has(score int64) bool { return score >= int64(k.low) && score < int64(k.low+k.scores) }

// wide tells which kinds carry a number.
func (k kinds) wide() []bool {
	wide := make([]bool, k.keyless()+1)
	for i := range k.scores {
		wide[k.scores+i] = true
	}
	wide[k.responded()] = true
	return wide
}
