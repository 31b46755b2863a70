package calendar

import (
	"math/rand/v2"
	"testing"
	"time"
)

func office(tb testing.TB) *Calendar {
	tb.Helper()
	return build(tb, Entry{
		TimeZone: "America/New_York",
		Hours:    map[string]string{"mon-fri": "08:00-12:00, 13:00-17:00"},
		Holidays: []string{"us-federal"},
	})
}

// instants are those of cases over three years.
func instants() []int64 {
	random := rand.New(rand.NewPCG(1, 2))
	at := make([]int64, 1<<12)
	for i := range at {
		at[i] = ms("2010-01-01T00:00:00Z") + random.Int64N(3*365*msOfDay)
	}
	return at
}

func BenchmarkAdd48hOver3Years(b *testing.B) { benchmarkAdd(b, 48*time.Hour) }
func BenchmarkAdd10Years(b *testing.B)       { benchmarkAdd(b, 10*2000*time.Hour) }

func benchmarkAdd(b *testing.B, d time.Duration) {
	c, at := office(b), instants()
	i := 0
	for b.Loop() {
		c.Add(at[i%len(at)], d)
		i++
	}
}

func BenchmarkBetweenOver3Years(b *testing.B) {
	c, at := office(b), instants()
	i := 0
	for b.Loop() {
		c.Between(at[i%len(at)], at[(i+1)%len(at)])
		i++
	}
}

func BenchmarkSpansOfAWeek(b *testing.B) {
	c, from := office(b), ms("2011-03-10T12:00:00Z")
	for b.Loop() {
		c.Spans(from, from+7*msOfDay)
	}
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		office(b)
	}
}
