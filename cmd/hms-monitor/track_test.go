package main

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

func TestTrackMakesAnEventOfItsArguments(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_123)
	c := TrackCmd{Name: "case.resolved", Value: "1.5", Tags: []string{"caseId=C-1", "agentId=a=7", "empty="}, ID: "i", Source: "s"}
	got, err := c.event(now)
	want := event.Event{
		Metric: "case.resolved", Value: 1.5, Time: 1_700_000_000_123, ID: "i", Source: "s",
		Tags: []event.Tag{{Key: "agentId", Value: "a=7"}, {Key: "caseId", Value: "C-1"}, {Key: "empty", Value: ""}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for at, want := range map[string]int64{"2023-11-14T22:13:20Z": 1_700_000_000_000, "42": 42} {
		c.At = at
		if got, err := c.event(now); err != nil || got.Time != want {
			t.Errorf("--at %s: %d, %v", at, got.Time, err)
		}
	}
}

func TestTrackNamesWhatIsWrong(t *testing.T) {
	for want, c := range map[string]TrackCmd{
		`"x" is not a finite number`:   {Name: "m", Value: "x"},
		`"NaN" is not a finite number`: {Name: "m", Value: "NaN"},
		`"tag" is not a tag`:           {Name: "m", Value: "1", Tags: []string{"tag"}},
		`"=x" is not a tag`:            {Name: "m", Value: "1", Tags: []string{"=x"}},
		"the tag a is given twice":     {Name: "m", Value: "1", Tags: []string{"a=1", "a=2"}},
		`--at "yesterday" is neither`:  {Name: "m", Value: "1", At: "yesterday"},
	} {
		if _, err := c.event(time.Now()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
