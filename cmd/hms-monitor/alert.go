package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/rules/backtest"
	"github.com/hms-ops/hms-monitor/internal/rules/explain"
)

// AlertCmd is `hms-monitor alert`.
type AlertCmd struct {
	List     AlertListCmd     `cmd:"" help:"List alerts: those of the last day, or those that stand."`
	Explain  AlertExplainCmd  `cmd:"" help:"Judge an alert once more, from the stored events."`
	Backtest AlertBacktestCmd `cmd:"" help:"Run a rule over the past: when would it have fired?"`
}

// AlertListCmd is `hms-monitor alert list`.
type AlertListCmd struct {
	Reading
	Firing bool          `help:"Those that stand now, the worst first."`
	Since  time.Duration `default:"24h" placeholder:"DURATION" help:"Changes of state since so long ago (default: 24h)."`
	Limit  int           `default:"100" help:"How many, the newest first (default: 100)."`
}

// told is an alert as the API tells of it.
type told struct {
	ID, Kind, Rule, State, Previous, Condition string
	Tags                                       map[string]string
	At                                         int64
}

// Run prints a table.
func (c *AlertListCmd) Run(ctx context.Context) error {
	path, q := "api/alerts/history", query("from", fmt.Sprint(time.Now().Add(-c.Since).UnixMilli()), "limit", fmt.Sprint(c.Limit))
	if c.Firing {
		path, q = "api/alerts", nil
	}
	text, err := c.get(ctx, path, q)
	if err != nil || c.JSON {
		return errors.Join(err, printJSON(text))
	}
	var list struct{ Alerts []told }
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tAT\tSTATE\tRULE\tKIND\tSERIES\tCONDITION")
	for _, a := range list.Alerts {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", a.ID, instant(a.At), a.State, a.Rule, a.Kind, group(a.Tags), a.Condition)
	}
	return w.Flush()
}

// AlertExplainCmd is `hms-monitor alert explain`.
type AlertExplainCmd struct {
	Reading
	ID string `arg:"" help:"The alert's id, as in hms-monitor alert list: 4711.1."`
}

// Run prints the verdict of then and that of now.
func (c *AlertExplainCmd) Run(ctx context.Context) error {
	text, err := c.get(ctx, "api/alerts/"+url.PathEscape(c.ID)+"/explain", nil)
	if err != nil || c.JSON {
		return errors.Join(err, printJSON(text))
	}
	var x struct {
		Alert told
		backtest.Explanation
		Event json.RawMessage
	}
	if err := json.Unmarshal(text, &x); err != nil {
		return err
	}
	a := x.Alert
	fmt.Printf("%s (%s) of %s, told at %s: %s, %s\n", a.Rule, a.Kind, group(a.Tags), instant(a.At), a.State, a.Condition)
	verdict := "the same verdict"
	switch {
	case x.Judged == "":
		verdict = "not judged once more"
	case !x.Same:
		verdict = "another verdict: " + string(x.Judged)
	}
	fmt.Println("  " + strings.Join(filled(verdict, x.Reason), ": "))
	fmt.Printf("  then %s (n %d)", numberText(x.Then.Value), x.Then.N)
	if x.Now != nil {
		fmt.Printf(", as known now %s (n %d)", numberText(x.Now.Value), x.Now.N)
	}
	fmt.Println()
	if x.Window != nil {
		fmt.Printf("  over %s to %s\n", instant(x.Window.From), instant(x.Window.To))
	}
	if x.Rule != "" {
		fmt.Printf("  rule %s: %s\n", x.Hash, strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(x.Rule))
	}
	if x.RuleChanged {
		fmt.Println("  the rule in force is another by now")
	}
	if len(x.Event) > 0 {
		fmt.Printf("  event %s\n", x.Event)
	}
	switch {
	case x.ChangeThen == nil:
		printChange("", x.Change)
	case x.ChangeSame:
		printChange("", x.ChangeThen)
		fmt.Println("  the change was found to be the same once more")
	default:
		printChange("then ", x.ChangeThen)
		printChange("as known now ", x.Change)
	}
	return nil
}

// printChange tells which values of tags hold most of a change.
func printChange(when string, change *explain.Result) {
	if change == nil {
		return
	}
	for _, tag := range change.Tags {
		for i, p := range tag.Parts {
			if i < 3 && p.Share != nil {
				fmt.Printf("  %s%s %s holds %.0f %% of the change: %d after %d\n", when, tag.Tag, p.Value, 100**p.Share, p.Now.N, p.Base.N)
			}
		}
	}
}

func filled(texts ...string) (all []string) {
	for _, t := range texts {
		if t != "" {
			all = append(all, t)
		}
	}
	return all
}

func numberText(v *float64) string {
	if v == nil {
		return "no value"
	}
	return fmt.Sprintf("%.4g", *v)
}

// AlertBacktestCmd is `hms-monitor alert backtest`.
type AlertBacktestCmd struct {
	Reading
	Rule  string `required:"" type:"existingfile" placeholder:"FILE" help:"The rule: an entry of thresholds with its name, a KPI with thresholds, an entry of alerting.detectors, or a Prometheus rule file."`
	Kind  string `enum:"threshold,kpi,detector,promql," default:"" placeholder:"KIND" help:"How it is written: threshold, kpi, detector or promql (default: its keys tell)."`
	From  string `placeholder:"TIME" help:"Begin: RFC 3339 or ms since 1970 (default: 30 days before the end)."`
	To    string `placeholder:"TIME" help:"End (default: now)."`
	Step  string `placeholder:"DURATION" help:"How far apart it is judged, where the rule leaves that open, as in 5m."`
	Limit int    `default:"50" help:"How many firings are listed (default: 50)."`
}

// Run prints when the rule would have fired.
func (c *AlertBacktestCmd) Run(ctx context.Context) error {
	rule, err := os.ReadFile(c.Rule)
	if err != nil {
		return err
	}
	question := map[string]any{"rule": string(rule), "limit": c.Limit}
	for key, text := range map[string]string{"kind": c.Kind, "from": c.From, "to": c.To, "step": c.Step} {
		if text != "" {
			question[key] = text
		}
	}
	var text json.RawMessage
	asking := c.client()
	asking.GiveUp = 10 * time.Second
	err = asking.Ask(ctx, "api/alerts/backtest", question, &text)
	if refused, ok := errors.AsType[*client.Refused](err); ok && refused.Status == 422 {
		for _, f := range refused.Errors {
			fmt.Fprintln(os.Stderr, strings.Join(filled(filepath.Base(c.Rule), f.Position), ":")+": "+f.String())
		}
		return errors.New("the rule is not valid")
	}
	if err != nil || c.JSON {
		return errors.Join(err, printJSON(text))
	}
	var a backtest.Answer
	if err := json.Unmarshal(text, &a); err != nil {
		return err
	}
	return printBacktest(os.Stdout, &a)
}
