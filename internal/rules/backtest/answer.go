package backtest

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// Answer says when a rule would have fired.
type Answer struct {
	Kind  Kind     `json:"kind"`
	Rules []string `json:"rules"`
	From  int64    `json:"from"`
	To    int64    `json:"to"`
	// Through is up to when the past was judged: To, unless a limit was hit.
	Through int64 `json:"through"`
	// Step is how far apart the instants were at which it was judged (ms); 0: at
	// each at which something changes.
	Step int64 `json:"step"`
	// Judged counts the instants, or the values of a metric.
	Judged int `json:"judged"`
	// Limits are those that were hit, in words.
	Limits []string `json:"limits"`

	Summary
	// Receivers are those who would have been notified, where that is known.
	Receivers []Pages `json:"receivers,omitempty"`
	// Firings are listed up to a number; Count counts them all.
	Firings []Firing `json:"firings"`
	// InForce compares with the rule now in force; nil where there is none.
	InForce *Comparison `json:"inForce,omitempty"`
}

// Summary counts firings.
type Summary struct {
	Count    int `json:"count"`
	Warning  int `json:"warning"`
	Critical int `json:"critical"`
	// Series is how many of them fired.
	Series int `json:"series"`
	// TotalSeconds is that of all firings together, LongestSeconds of the longest.
	TotalSeconds   float64 `json:"totalSeconds"`
	LongestSeconds float64 `json:"longestSeconds"`
	// Pages counts those that began within the range: each is a notification,
	// unless it is grouped with others. PagesPerWeek is for the time judged.
	Pages        int     `json:"pages"`
	PagesPerWeek float64 `json:"pagesPerWeek"`
}

// Pages are the notifications of one receiver.
type Pages struct {
	Receiver string  `json:"receiver"`
	Pages    int     `json:"pages"`
	PerWeek  float64 `json:"perWeek"`
}

const week = 7 * 24 * 3_600_000

func (r *recorder) weeks() float64 { return float64(max(1, r.through-r.from)) / week }

func (r *recorder) summary() (s Summary) {
	series := map[string]bool{}
	for _, f := range r.done {
		s.Count++
		if f.State == alert.Critical {
			s.Critical++
		} else {
			s.Warning++
		}
		series[f.key] = true
		s.TotalSeconds += f.Seconds
		s.LongestSeconds = max(s.LongestSeconds, f.Seconds)
		if !f.Standing {
			s.Pages++
		}
	}
	s.Series = len(series)
	s.PagesPerWeek = float64(s.Pages) / r.weeks()
	return s
}

// pages counts the notifications by receiver.
func (r *recorder) pages(receivers func(alert.Transition) []string) []Pages {
	if receivers == nil {
		return nil
	}
	count := map[string]int{}
	for _, f := range r.done {
		if f.Standing {
			continue
		}
		for _, name := range receivers(f.first) {
			count[name]++
		}
	}
	all := make([]Pages, 0, len(count))
	for _, name := range slices.Sorted(maps.Keys(count)) {
		all = append(all, Pages{name, count[name], float64(count[name]) / r.weeks()})
	}
	slices.SortStableFunc(all, func(a, b Pages) int { return cmp.Compare(b.Pages, a.Pages) })
	return all
}

func (r *recorder) answer(is *rule, q Request, receivers func(alert.Transition) []string) Answer {
	a := Answer{
		Kind: is.kind, Rules: is.names(), From: q.From, To: q.To, Through: r.through, Step: r.step, Judged: r.judged,
		Limits: []string{}, Summary: r.summary(), Receivers: r.pages(receivers), Firings: listed(r.done, q.List),
	}
	a.Limits = append(a.Limits, r.hit...)
	return a
}

// defaultList is how many firings are listed where the question does not say.
const defaultList = 1000

func listed(all []*Firing, most int) []Firing {
	if most == 0 {
		most = defaultList
	}
	some := make([]Firing, 0, min(most, len(all)))
	for _, f := range all[:min(most, len(all))] {
		some = append(some, *f)
	}
	return some
}
