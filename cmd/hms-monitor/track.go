package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// TrackCmd is `hms-monitor track`.
type TrackCmd struct {
	Server
	At     string   `placeholder:"TIME" help:"When it happened, RFC 3339 or ms since 1970 (default: now)."`
	ID     string   `name:"id" help:"The event's id; together with --source it makes a repeated call count once."`
	Source string   `help:"Who reports the event."`
	Name   string   `arg:"" help:"The metric's name, such as case.resolved."`
	Value  string   `arg:"" help:"A number. Write -- before a negative one."`
	Tags   []string `arg:"" optional:"" name:"key=value" help:"Tags, such as caseId=C-1 agentId=a7."`
}

// Run posts the metric and says so.
func (c *TrackCmd) Run(ctx context.Context) error {
	e, err := c.event(time.Now())
	if err != nil {
		return err
	}
	to := c.client()
	to.GiveUp = 10 * time.Second
	to.Retrying = func(cause error, wait time.Duration) {
		fmt.Fprintf(os.Stderr, "%v; trying again in %s\n", cause, wait.Round(time.Millisecond))
	}
	if err := to.Post(ctx, []event.Event{e}, client.NewKey()); err != nil {
		return err
	}
	fmt.Printf("posted %s = %s%s at %s to %s\n", e.Metric, strconv.FormatFloat(e.Value, 'g', -1, 64),
		tagText(e.Tags), event.Time(e.Time).Format("2006-01-02T15:04:05.000Z07:00"), c.URL)
	return nil
}

func (c *TrackCmd) event(now time.Time) (event.Event, error) {
	e := event.Event{Metric: c.Name, ID: c.ID, Source: c.Source, Time: event.Millis(now)}
	value, err := strconv.ParseFloat(c.Value, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return e, fmt.Errorf("%q is not a finite number; the order is NAME VALUE [key=value ...]", c.Value)
	}
	e.Value = value
	if c.At != "" {
		if e.Time, err = parseMoment(c.At); err != nil {
			return e, err
		}
	}
	for _, pair := range c.Tags {
		key, text, found := strings.Cut(pair, "=")
		if !found || key == "" {
			return e, fmt.Errorf("%q is not a tag; tags are key=value", pair)
		}
		if _, twice := e.Tag(key); twice {
			return e, fmt.Errorf("the tag %s is given twice", key)
		}
		e.Tags = append(e.Tags, event.Tag{Key: key, Value: text})
	}
	slices.SortFunc(e.Tags, func(a, b event.Tag) int { return strings.Compare(a.Key, b.Key) })
	return e, nil
}

func parseMoment(s string) (int64, error) {
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return ms, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return 0, fmt.Errorf("--at %q is neither RFC 3339, such as 2026-01-31T08:00:00Z, nor ms since 1970", s)
	}
	return event.Millis(t), nil
}

func tagText(tags []event.Tag) string {
	if len(tags) == 0 {
		return ""
	}
	pairs := make([]string, len(tags))
	for i, t := range tags {
		pairs[i] = t.Key + "=" + t.Value
	}
	return " {" + strings.Join(pairs, ", ") + "}"
}
