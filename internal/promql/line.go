package promql

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"
)

// line is one series: samples ascending by time, those of one millisecond in
// the order of their events. What was handed out of times and values is never
// written again; they grow at their end.
type line struct {
	labels labels.Labels
	times  []int64
	values []float64
}

// between is the part of the line within [from, to].
func (l *line) between(from, to int64) (part line, some bool) {
	low, _ := slices.BinarySearch(l.times, from)
	high := low
	if to >= from {
		high, _ = slices.BinarySearch(l.times, to+1)
	}
	return line{l.labels, l.times[low:high:high], l.values[low:high:high]}, high > low
}

// point is a sample to be added.
type point struct {
	time  int64
	value float64
}

// add takes points in that come after all before in the order of events.
func (l *line) add(points []point) {
	sorted := slices.IsSortedFunc(points, byTime)
	if !sorted {
		slices.SortStableFunc(points, byTime)
	}
	if n := len(l.times); n > 0 && points[0].time < l.times[n-1] {
		l.merge(points)
		return
	}
	for _, p := range points {
		l.times, l.values = append(l.times, p.time), append(l.values, p.value)
	}
}

func byTime(a, b point) int {
	switch {
	case a.time < b.time:
		return -1
	case a.time > b.time:
		return 1
	}
	return 0
}

// merge makes a new line of the old one and points, of which some are late.
func (l *line) merge(points []point) {
	n := len(l.times) + len(points)
	times, values := make([]int64, 0, n), make([]float64, 0, n)
	i := 0
	for _, p := range points {
		for i < len(l.times) && l.times[i] <= p.time {
			times, values = append(times, l.times[i]), append(values, l.values[i])
			i++
		}
		times, values = append(times, p.time), append(values, p.value)
	}
	l.times, l.values = append(times, l.times[i:]...), append(values, l.values[i:]...)
}
