package demo

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Source is the source of all events of the demo.
const Source = "demo"

// Item is one thing that happens: an event, or a Note for whoever watches.
type Item struct {
	Event event.Event
	Note  string // where not empty, there is no event
	Time  int64  // event time, ms
}

// Office is the simulation. It is for one goroutine.
type Office struct {
	config Config
	random *rand.Rand
	now    time.Duration // office time since the start; negative in the history
	agenda agenda
	order  uint64
	out    []Item
	number int

	agents   []*agent
	waiting  []*work // cases that wait for an agent
	lines    []*call // callers who wait
	open     map[string]int
	resolved []time.Duration // resolutions within the rate window
	incident bool
	since    time.Duration // when the incident began
	cases    int
	calls    int
	names    int
}

// New makes an office at the beginning of its history.
func New(c Config) *Office {
	o := &Office{
		config: c, random: rand.New(rand.NewPCG(c.Seed, c.Seed^0x9e3779b97f4a7c15)),
		now: -c.History, open: make(map[string]int),
	}
	offices := officeNames()
	for i := range agentCount {
		o.agents = append(o.agents, &agent{id: "a" + pad(i+1, 2), office: offices[i%len(offices)], rank: i})
	}
	o.after(0, o.webCase)
	o.after(0, o.phoneCall)
	// The rate is what thresholds watch: of the past it is told for a while only,
	// so that nobody is alarmed by incidents that are long over.
	o.after(max(2*rateWindow, c.History-calmBefore), o.reportRate)
	o.after(backlogEvery, o.reportBacklog)
	// The first incident comes soon after the demo begins, so that nobody waits
	// long to see one; the history has one now and then.
	o.after(c.History+20*time.Minute, o.beginIncident)
	for at := o.between(20*time.Hour, 60*time.Hour); at < c.History-2*calmBefore; at += o.between(40*time.Hour, 100*time.Hour) {
		o.after(at, o.beginIncident)
	}
	return o
}

// Next gives what happens next. There is always something.
func (o *Office) Next() Item {
	for len(o.out) == 0 {
		next := heap.Pop(&o.agenda).(appointment)
		o.now = next.at
		next.do()
	}
	item := o.out[0]
	o.out = o.out[1:]
	return item
}

// emit reports an event that happens now. Tags are key, value, key, value ...;
// empty values are left out.
func (o *Office) emit(metric string, value float64, tags ...string) {
	e := event.Event{
		Metric: metric, Value: value, Time: o.config.eventTime(o.now), Source: Source,
		ID: strconv.FormatUint(o.config.Seed, 36) + "-" + strconv.FormatInt(o.config.Start.UnixMilli(), 36) + "-" + strconv.Itoa(o.number),
	}
	o.number++
	for i := 0; i+1 < len(tags); i += 2 {
		if tags[i+1] != "" {
			e.Tags = append(e.Tags, event.Tag{Key: tags[i], Value: tags[i+1]})
		}
	}
	o.out = append(o.out, Item{Event: e, Time: e.Time})
}

func (o *Office) note(text string) {
	o.out = append(o.out, Item{Note: officeClock(o.now).Format("15:04") + " " + text, Time: o.config.eventTime(o.now)})
}

// appointment is something to be done at a time.
type appointment struct {
	at    time.Duration
	order uint64
	do    func()
}

type agenda []appointment

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	if a[i].at != a[j].at {
		return a[i].at < a[j].at
	}
	return a[i].order < a[j].order
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(appointment)) }
func (a *agenda) Pop() any {
	old := *a
	last := old[len(old)-1]
	old[len(old)-1] = appointment{}
	*a = old[:len(old)-1]
	return last
}

func (o *Office) after(d time.Duration, do func()) {
	o.order++
	heap.Push(&o.agenda, appointment{o.now + max(0, d), o.order, do})
}

// exponential is the time until the next of so many an hour.
func (o *Office) exponential(perHour float64) time.Duration {
	return time.Duration(o.random.ExpFloat64() / perHour * float64(time.Hour))
}

// lognormal varies around a median; spread is the factor of one deviation.
func (o *Office) lognormal(median time.Duration, spread float64) time.Duration {
	return time.Duration(float64(median) * math.Exp(o.random.NormFloat64()*math.Log(spread)))
}

func (o *Office) chance(p float64) bool { return o.random.Float64() < p }

func (o *Office) between(low, high time.Duration) time.Duration {
	return low + time.Duration(o.random.Int64N(int64(high-low)))
}

func (o *Office) pick(choices []choice) string {
	total := 0.0
	for _, c := range choices {
		total += c.weight
	}
	at := o.random.Float64() * total
	for _, c := range choices {
		if at -= c.weight; at < 0 {
			return c.text
		}
	}
	return choices[len(choices)-1].text
}

func (o *Office) name(prefix string) string {
	o.names++
	return prefix + strconv.Itoa(o.names)
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}
