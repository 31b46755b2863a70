package demo

import (
	"math"
	"time"
)

// Config is what a simulation depends on, and all it depends on.
type Config struct {
	Seed uint64
	// Start is the event time at which the office is when the demo begins;
	// events before it are the office's recent history.
	Start time.Time
	// Speed is how many seconds pass in the office in one second of event time,
	// from Start on. The history went at the pace of life.
	Speed float64
	// History is how much office time lies before Start.
	History time.Duration
}

// The office's day begins, for the demo, in the middle of a weekday morning.
var officeOpens = time.Date(2025, time.March, 3, 10, 0, 0, 0, time.UTC)

// eventTime maps office time to event time.
func (c Config) eventTime(at time.Duration) int64 {
	if at < 0 {
		return c.Start.UnixMilli() + int64(math.Floor(float64(at)/1e6))
	}
	return c.Start.UnixMilli() + int64(math.Floor(float64(at)/c.Speed/1e6))
}

// officeClock is the time on the office's wall, at a distance from the start.
func officeClock(at time.Duration) time.Time { return officeOpens.Add(at) }

const (
	agentCount   = 40
	rateEvery    = time.Minute
	rateWindow   = 30 * time.Minute
	backlogEvery = 15 * time.Minute
	beatEvery    = 5 * time.Minute
)

// hourlyLoad is the daily rhythm: the share of the busiest hour.
func hourlyLoad(hour int) float64 {
	switch {
	case hour < 6:
		return 0.40
	case hour < 8:
		return 0.55
	case hour < 10:
		return 0.85
	case hour < 12:
		return 1
	case hour < 14:
		return 0.9
	case hour < 17:
		return 1
	case hour < 20:
		return 0.7
	}
	return 0.45
}

// onShift is how many of the agents work at an hour.
func onShift(hour int) int {
	switch {
	case hour < 6 || hour >= 22:
		return 18
	case hour < 8 || hour >= 19:
		return 26
	}
	return agentCount - 4
}

// casesPerHour and callsPerHour are those of the busiest hour.
const (
	webCasesPerHour = 40.0
	callsPerHour    = 60.0
)

func officeNames() []string {
	return []string{"permits", "licensing", "benefits", "housing", "transport", "records"}
}

// choice is a text with its weight among others.
type choice struct {
	text   string
	weight float64
}

func priorities() []choice {
	return []choice{{"low", 20}, {"normal", 55}, {"high", 19}, {"urgent", 6}}
}

func reasons() []choice {
	return []choice{{"dispute", 30}, {"renewal", 25}, {"application", 25}, {"payment", 12}, {"complaint", 8}}
}

// target is how soon a case should be resolved.
func target(priority string) time.Duration {
	switch priority {
	case "urgent":
		return time.Hour
	case "high":
		return 3 * time.Hour
	case "low":
		return 24 * time.Hour
	}
	return 8 * time.Hour
}
