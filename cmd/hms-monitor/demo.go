package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/hms-ops/hms-monitor/internal/demo"
)

// DemoCmd is `hms-monitor demo`.
type DemoCmd struct {
	Server
	Speed    float64       `default:"1" help:"How many times faster than in life the office works from now on; 60 shows a day in 24 minutes. Events carry the time at which they are posted."`
	Seed     uint64        `help:"The same seed gives the same course of events (default: by chance, and printed)."`
	Duration time.Duration `placeholder:"10m" help:"End after so long (default: on Ctrl-C)."`
	History  time.Duration `default:"336h" help:"How much of the past is posted at once when the demo begins, dated back: two weeks, so that charts and comparisons have something to show."`
}

// Validate is called by the command line parser.
func (c *DemoCmd) Validate() error {
	switch {
	case !(c.Speed >= 0.1 && c.Speed <= 10_000):
		return errors.New("--speed must be between 0.1 and 10000")
	case c.Duration < 0 || c.History < 0 || c.History > 30*24*time.Hour:
		return errors.New("--duration must not be negative, --history lies between 0 and 720h")
	}
	return nil
}

// Run simulates until it is told to end, and prints a summary.
func (c *DemoCmd) Run(ctx context.Context) error {
	seed := c.Seed
	if seed == 0 {
		seed = rand.Uint64N(1_000_000) + 1
	}
	fmt.Printf("simulating an Office of Case Management at %gx for %s (--seed %d); Ctrl-C ends it\n", c.Speed, c.URL, seed)
	to := c.client()
	to.Retrying = func(cause error, wait time.Duration) {
		fmt.Fprintf(os.Stderr, "%v; trying again in %s\n", cause, wait.Round(100*time.Millisecond))
	}
	office := demo.New(demo.Config{Seed: seed, Start: time.Now(), Speed: c.Speed, History: c.History})
	sum, err := demo.Run(ctx, office, to, os.Stdout, c.Duration)
	sum.Print(os.Stdout)
	return err
}
