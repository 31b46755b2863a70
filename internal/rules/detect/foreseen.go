package detect

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// foreseen is a Forecast at work.
type foreseen struct {
	*Forecast
	options
}

func (f *foreseen) looks() looks { return grid(ms(f.Every)) }

// ForecastFigures is the evidence of a forecast.
type ForecastFigures struct {
	Limit string `json:"limit"`
	// Expected is the value at the end of the horizon, Margin what it may be better
	// by with the confidence asked for.
	Expected Number `json:"expected"`
	Margin   Number `json:"margin"`
	// Breach is when the limit is expected to be crossed; now where it is already.
	Breach int64  `json:"breach"`
	Method string `json:"method"`
	// SlopePerHour is that of theil_sen.
	SlopePerHour *float64 `json:"slopePerHour,omitempty"`
}

// path is what is foreseen of a series: the value so many steps ahead, and what
// it may be better by.
type path func(steps int) (value, margin float64)

func (f *foreseen) judge(ctx context.Context, t int64, least float64) ([]finding, error) {
	l, err := f.source.Get(f.KPI)
	if err != nil {
		return nil, err
	}
	bound, err := f.bound(l.Definition)
	if err != nil {
		return nil, err
	}
	a, now, paths, err := f.paths(ctx, t, time.Duration(f.window(l.Definition)), rising(bound))
	if err != nil {
		return nil, err
	}
	steps := int(f.Horizon / f.Step)
	// Where hysteresis keeps an alert, a breach a little behind the horizon counts.
	most := int(math.Ceil(float64(steps) / max(least, 0.1)))
	words := a.Definition.Words()
	var found []finding
	for i, c := range now {
		if paths[i] == nil || c.n() < f.MinN {
			continue
		}
		at := crossing(paths[i], bound, most)
		if at < 0 {
			continue
		}
		found = append(found, f.finding(&a, t, c, paths[i], bound, at, steps, words))
	}
	return found, nil
}

// n is what the last value is made of.
func (c *course) n() int64 { return c.ns[len(c.ns)-1] }

func (c *course) latest() float64 { return c.values[len(c.values)-1] }

// crossing is the first step ahead at which even the better end of what is
// foreseen is beyond the limit; -1 for none. 0 is now.
func crossing(p path, b alert.Bound, most int) int {
	for i := 0; i <= most; i++ {
		value, margin := p(i)
		if rising(b) {
			margin = -margin
		}
		if v := value + margin; !math.IsNaN(v) && b.Holds(v) {
			return i
		}
	}
	return -1
}

// paths reads what the method asks for. Each series has its last values, and a
// path where there are enough of them.
func (f *foreseen) paths(ctx context.Context, t int64, window time.Duration, up bool) (a engine.Answer, now []*course, paths []path, err error) {
	step := ms(f.Step)
	q := engine.Question{KPI: f.KPI, By: f.By, Now: t, Window: window}
	if f.Method == theilSen {
		n := ms(f.History) / step
		a, now, err = read(ctx, f.source, q, engine.Span{From: t - n*step, To: t, Step: time.Duration(f.Step)})
		for _, c := range now {
			paths = append(paths, f.straight(c))
		}
		return a, now, paths, err
	}
	a, now, err = read(ctx, f.source, q, engine.Span{From: t - step, To: t, Step: time.Duration(f.Step)})
	if err != nil {
		return a, nil, nil, err
	}
	past := map[string][]*course{}
	for k := range f.Seasons {
		from := t - int64(k+1)*ms(f.Season)
		_, then, err := read(ctx, f.source, q, engine.Span{From: from - step, To: from + (ms(f.Horizon)/step)*step, Step: time.Duration(f.Step)})
		if err != nil {
			return a, nil, nil, err
		}
		for _, c := range then {
			past[event.TagsKey(c.tags)] = append(past[event.TagsKey(c.tags)], c)
		}
	}
	for _, c := range now {
		paths = append(paths, f.repeated(c.latest(), past[event.TagsKey(c.tags)], up))
	}
	return a, now, paths, nil
}

// straight follows the robust line through the values.
func (f *foreseen) straight(c *course) path {
	var x, y []float64
	for i, v := range c.values {
		if !math.IsNaN(v) {
			x, y = append(x, float64(i-len(c.values)+1)), append(y, v)
		}
	}
	if len(x) < leastPoints || math.IsNaN(c.latest()) {
		return nil
	}
	l := theilSenLine(x, y)
	for i, r := range l.residuals {
		l.residuals[i] = math.Abs(r)
	}
	slices.Sort(l.residuals)
	margin := quantile(l.residuals, f.Confidence)
	return func(steps int) (float64, float64) {
		if steps == 0 {
			return c.latest(), 0
		}
		return l.at + l.slope*float64(steps), margin
	}
}

// repeated adds to the value now what came about in past seasons: their median,
// less the margin of the quantile on the better side.
func (f *foreseen) repeated(now float64, past []*course, up bool) path {
	if math.IsNaN(now) {
		return nil
	}
	most := int(f.Horizon / f.Step)
	return func(steps int) (float64, float64) {
		if steps == 0 {
			return now, 0
		}
		var moves []float64
		for _, c := range past {
			if steps > most {
				break
			}
			if move := c.values[steps] - c.values[0]; !math.IsNaN(move) {
				moves = append(moves, move)
			}
		}
		if len(moves) < 2 {
			return math.NaN(), 0
		}
		m := median(moves)
		if up {
			return now + m, m - quantile(moves, 1-f.Confidence)
		}
		return now + m, quantile(moves, f.Confidence) - m
	}
}

func (f *foreseen) finding(a *engine.Answer, t int64, c *course, p path, b alert.Bound, at, steps int, words kpi.Words) finding {
	end, margin := p(steps)
	figures := ForecastFigures{Limit: b.String(), Expected: Number(end), Margin: Number(margin), Breach: t + int64(at)*ms(f.Step), Method: f.Method}
	if one, _ := p(1); f.Method == theilSen {
		two, _ := p(2)
		figures.SlopePerHour = new((two - one) * hourMs / float64(ms(f.Step)))
	}
	one := finding{
		tags: present(c.tags), ratio: float64(steps) / max(float64(at), 0.5), value: c.latest(), n: c.n(), provisional: a.Watermark < t-lagAllowed,
	}
	side := b.String() // "above 500"
	limit := side[:strings.LastIndexByte(side, ' ')+1] + words.Value(b.Limit)
	if at == 0 {
		one.condition = fmt.Sprintf("%s is %s already", words.Value(one.value), limit)
	} else {
		one.condition = fmt.Sprintf("%s now, %s within %s (%s expected in %v, %s)", words.Value(one.value), limit, lengthText(int64(at)*ms(f.Step)), words.Value(end), f.Horizon, f.Method)
	}
	one.summary = fmt.Sprintf("%s%s: %s", words.Title, within(one.tags), one.condition)
	one.evidence = evidence(a, t, Span{t - int64(len(c.values))*ms(f.Step), t}, &one)
	one.evidence.Figures = figures
	one.evidence.Values = lastValues(c.readings(t-int64(len(c.values))*ms(f.Step), ms(f.Step)))
	return one
}
