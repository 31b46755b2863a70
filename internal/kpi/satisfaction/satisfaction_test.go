package satisfaction

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

func answer(t int64, score float64, tags ...string) event.Event {
	return event.Event{Metric: "survey.answered", Time: t, Value: score, Tags: pairs(tags)}
}

func send(t int64, tags ...string) event.Event {
	return event.Event{Metric: "survey.sent", Time: t, Value: 1, Tags: pairs(tags)}
}

func pairs(texts []string) (tags []event.Tag) {
	for i := 0; i < len(texts); i += 2 {
		tags = append(tags, event.Tag{Key: texts[i], Value: texts[i+1]})
	}
	return tags
}

func (b *bench) total(from, at int64) (kpi.Series, Figures) {
	s := b.Value(kpi.Query{From: from, At: at})[0]
	return s, s.Figures.(Figures)
}

func TestVectors(t *testing.T) {
	for _, v := range []struct {
		instrument string
		scores     map[float64]int
		value      float64
		lo, hi     float64
		figures    string
	}{
		{
			"nps", map[float64]int{10: 7, 9: 5, 8: 2, 7: 2, 6: 1, 0: 3}, 40, 2.1, 67.5,
			`{"responses":20,"sent":0,"responseRate":null,"distribution":{"0":3,"1":0,"2":0,"3":0,"4":0,"5":0,"6":1,"7":2,"8":2,"9":5,"10":7},` +
				`"mean":7.55,"promoters":12,"passives":4,"detractors":4,"early":true,"invalid":0,"suppressed":false}`,
		}, {
			"csat5", map[float64]int{5: 20, 4: 7, 3: 1, 1: 2}, .9, .7438, .9654,
			`{"responses":30,"sent":0,"responseRate":null,"distribution":{"1":2,"2":0,"3":1,"4":7,"5":20},` +
				`"mean":4.433333333333334,"share":0.9,"early":false,"invalid":0,"suppressed":false}`,
		}, {
			"stars5", map[float64]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, 3, 1.0368, 4.9632,
			`{"responses":5,"sent":0,"responseRate":null,"distribution":{"1":1,"2":1,"3":1,"4":1,"5":1},"mean":3,"early":true,"invalid":0,"suppressed":false}`,
		}, {
			"ces7", map[float64]int{7: 1, 5: 1, 4: 2}, 5, 2.7498, 7,
			`{"responses":4,"sent":0,"responseRate":null,"distribution":{"1":0,"2":0,"3":0,"4":2,"5":1,"6":0,"7":1},` +
				`"mean":5,"share":0.5,"shareInterval":[0.15003898915214947,0.8499610108478506],"early":true,"invalid":0,"suppressed":false}`,
		},
	} {
		b := newBench(anyOf(v.instrument))
		for score, n := range v.scores {
			for range n {
				b.apply(answer(1, score))
			}
		}
		s, f := b.total(0, 10)
		if s.Value != v.value || math.Abs(s.Interval[0]-v.lo) > .05 || math.Abs(s.Interval[1]-v.hi) > .05 {
			t.Errorf("%s: %v %v, want %v [%v, %v]", v.instrument, s.Value, *s.Interval, v.value, v.lo, v.hi)
		}
		if got, err := json.Marshal(f); err != nil || string(got) != v.figures {
			t.Errorf("%s: %s, %v, want\n%s", v.instrument, got, err, v.figures)
		}
	}
}

func TestTheLastAnswerOfASurveyCounts(t *testing.T) {
	b := newBench(anyOf("csat5"))
	b.apply(answer(30, 1, "surveyId", "s"), answer(10, 5, "surveyId", "s"), answer(40, 9, "surveyId", "s"))
	for _, v := range []struct {
		from, at int64
		value    float64
	}{
		{0, 10, math.NaN()}, // an event at the end of a window lies after it
		{0, 11, 1},
		{0, 30, 1}, // the edit is not there yet
		{0, 31, 0}, // it is, and takes the place of the answer
		{0, 99, 0}, // what is no answer supersedes none
		{20, 30, math.NaN()},
		{20, 31, 0}, // it counts when it was given
		{31, 99, math.NaN()},
	} {
		if s, _ := b.total(v.from, v.at); s.Value != v.value && !(math.IsNaN(s.Value) && math.IsNaN(v.value)) {
			t.Errorf("[%d, %d): %v, want %v", v.from, v.at, s.Value, v.value)
		}
	}
	if _, f := b.total(0, 99); f.Invalid != 1 || f.Responses != 1 {
		t.Errorf("%+v", f)
	}
}

func TestResponseRateIsOfTheSurveysSentInTheWindow(t *testing.T) {
	b := newBench(anyOf("stars5"))
	b.apply(
		send(10, "surveyId", "a"), send(12, "surveyId", "a"), // a reminder
		send(20, "surveyId", "b"), send(20, "surveyId", "c"), send(20, "surveyId", "d", "instrument", "nps"),
		answer(90, 5, "surveyId", "a"), answer(95, 4, "surveyId", "a"), answer(30, 3, "surveyId", "b"), answer(40, 3, "surveyId", "e"), answer(40, 8, "surveyId", "c"),
	)
	for _, v := range []struct {
		from, at, sent int64
		rate           float64
	}{
		{0, 15, 1, 0}, {0, 30, 3, 0}, {0, 31, 3, 1. / 3}, {0, 90, 3, 1. / 3}, {0, 91, 3, 2. / 3}, {0, 100, 3, 2. / 3}, {15, 100, 2, .5},
	} {
		if _, f := b.total(v.from, v.at); f.Sent != v.sent || *f.ResponseRate != v.rate {
			t.Errorf("[%d, %d): %d sent, rate %v, want %d, %v", v.from, v.at, f.Sent, *f.ResponseRate, v.sent, v.rate)
		}
	}
	if _, f := b.total(50, 60); f.ResponseRate != nil {
		t.Errorf("a rate of nothing sent: %v", *f.ResponseRate)
	}
}

func TestOwnInstrumentAndNoneCount(t *testing.T) {
	b := newBench(anyOf("nps"))
	b.apply(answer(1, 10, "instrument", "nps"), answer(1, 10), answer(1, 10, "instrument", ""), answer(1, 5, "instrument", "csat5"), answer(1, 5, "instrument", "NPS"))
	if s, f := b.total(0, 2); s.N != 3 || s.Value != 100 || f.Invalid != 0 {
		t.Errorf("%+v %+v", s, f)
	}
	if s, _ := b.total(2, 3); !math.IsNaN(s.Value) || s.Interval != nil {
		t.Errorf("of no answers: %+v", s)
	}
}

func TestTagsComeFromTheSurveySent(t *testing.T) {
	b := newBench(anyOf("csat5"), "office", "agentId")
	b.apply(
		answer(5, 5, "surveyId", "s", "agentId", "a7"), answer(6, 4, "surveyId", "late"),
		send(1, "surveyId", "s", "office", "north", "agentId", "a1"), send(8, "surveyId", "late", "office", "south"),
	)
	all := b.Value(kpi.Query{From: 0, At: 10, By: []int{0, 1}})
	var got []string
	for _, s := range all[1:] {
		got = append(got, s.Tags[0].Value+"/"+s.Tags[1].Value+":"+string(rune('0'+s.N)))
	}
	if text := strings.Join(got, " "); text != "/:1 north/a1:0 north/a7:1 south/:0" {
		t.Error(text)
	}
}

func TestFewAnswersAboutAPersonAreSuppressed(t *testing.T) {
	spec := anyOf("csat5")
	spec.Objective = new(.5)
	b := newBench(spec, "office", "agentId")
	for i := range 15 {
		agent := "few"
		if i < 10 {
			agent = "many"
		}
		b.apply(answer(1, 5, "office", "north", "agentId", agent))
	}
	shown := func(by ...int) (out string) {
		for _, s := range b.Value(kpi.Query{At: 10, By: by}) {
			f := s.Figures.(Figures)
			if f.Suppressed != math.IsNaN(s.Value) || f.Suppressed != (s.Interval == nil) || f.Suppressed != (f.Mean == nil) || f.Suppressed != (f.Distribution.counts == nil) || f.Suppressed && s.Verdict != kpi.Undetermined {
				t.Errorf("%+v %+v", s, f)
			}
			out += string(map[bool]rune{true: 's', false: '.'}[f.Suppressed])
		}
		return out
	}
	if got := shown(0); got != ".." {
		t.Errorf("by office %s", got)
	}
	if got := shown(1); got != ".s." { // total, few, many
		t.Errorf("by agent %s", got)
	}
	b.spec.MinN = new(int64(16))
	if got := shown(1); got != "sss" {
		t.Errorf("with a minimum of 16 %s", got)
	}
	b.spec.MinN = new(int64(0))
	if got := shown(0, 1); got != "..." {
		t.Errorf("with no minimum %s", got)
	}
}

func TestVerdicts(t *testing.T) {
	for _, v := range []struct {
		instrument string
		objective  float64
		score      float64
		n          int
		want       kpi.Verdict
		needed     int64
	}{
		{"csat5", .9, 5, 35, kpi.Met, 0},
		{"csat5", .9, 5, 34, kpi.Undetermined, 1},
		{"csat5", .9, 1, 34, kpi.Missed, 0},
		{"csat5", .9, 1, 0, kpi.Undetermined, 1},
		{"nps", 50, 10, 30, kpi.Met, -1},
		{"nps", 50, 7, 30, kpi.Missed, -1},
		{"stars5", 4, 5, 1, kpi.Undetermined, -1},
		{"stars5", 4, 5, 2, kpi.Met, -1},
		{"ces7", 5, 4, 9, kpi.Missed, -1},
	} {
		spec := anyOf(v.instrument)
		spec.Objective = &v.objective
		b := newBench(spec)
		for range v.n {
			b.apply(answer(1, v.score))
		}
		s, f := b.total(0, 2)
		needed := int64(-1)
		if f.Needed != nil {
			needed = *f.Needed
		}
		if s.Verdict != v.want || needed != v.needed {
			t.Errorf("%+v: %s, %d", v, s.Verdict, needed)
		}
	}
}

func TestFaultsOfDefinitions(t *testing.T) {
	env := &kpi.Env{KnownMetric: func(name string) bool { return strings.HasPrefix(name, "survey.") }, Metrics: []string{"survey.answered", "survey.sent"}}
	for want, change := range map[string]func(s *Spec){
		`instrument: is missing: choose csat5, stars5, nps or ces7`: func(s *Spec) { s.Instrument = "" },
		`did you mean "csat5"?`:                     func(s *Spec) { s.Instrument = "csat" },
		`did you mean "survey.answered"?`:           func(s *Spec) { s.Answered = "surve.answered" },
		`sent: no event is called "x"`:              func(s *Spec) { s.Sent = "x" },
		`sent: is what answered is, too`:            func(s *Spec) { s.Sent = s.Answered },
		`min_n: is -1: write 0`:                     func(s *Spec) { s.MinN = new(int64(-1)) },
		`objective: is 40: the value of csat5 lies`: func(s *Spec) { s.Objective = new(40.) },
		`objective: is NaN`:                         func(s *Spec) { s.Objective = new(math.NaN()) },
	} {
		s := anyOf("csat5")
		change(s)
		if err := s.Validate(&kpi.Common{}, env).Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	s := anyOf("csat5")
	s.Sent, s.Key = "", ""
	if err := s.Validate(&kpi.Common{}, env).Err(); err != nil {
		t.Error(err)
	}
	if r := s.Reads(&kpi.Common{By: []string{"office"}}); len(r.Metrics) != 1 || strings.Join(r.Tags, " ") != "office instrument" {
		t.Errorf("%+v", r)
	}
}
