package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/kpi/script"
)

// KPICmd is `hms-monitor kpi`.
type KPICmd struct {
	List    KPIListCmd    `cmd:"" help:"List the KPIs and how they stand."`
	Show    KPIShowCmd    `cmd:"" help:"Show one KPI: its value, figures and definition."`
	History KPIHistoryCmd `cmd:"" help:"Print the course of a KPI as CSV or JSON."`
	Test    KPITestCmd    `cmd:"" help:"Run behaviour tests of definitions; see docs/kpi-tests.md."`
}

// Reading is a server and what most questions take.
type Reading struct {
	Server
	JSON bool `name:"json" help:"Print the server's answer as it is."`
}

func (r *Reading) get(ctx context.Context, path string, query url.Values) (json.RawMessage, error) {
	c := r.client()
	c.GiveUp = 10 * time.Second
	c.Retrying = func(cause error, wait time.Duration) {
		fmt.Fprintf(os.Stderr, "%v; trying again in %s\n", cause, wait.Round(time.Millisecond))
	}
	var answer json.RawMessage
	err := c.Get(ctx, path, query, &answer)
	if refused, ok := errors.AsType[*client.Refused](err); ok && refused.Status == 404 {
		return nil, fmt.Errorf("%w (hms-monitor kpi list names those there are)", err)
	}
	return answer, err
}

type kpiAnswer struct {
	KPI       string      `json:"kpi"`
	Title     string      `json:"title"`
	Unit      string      `json:"unit"`
	At        int64       `json:"at"`
	Window    kpiWindow   `json:"window"`
	Version   int         `json:"definitionVersion"`
	Watermark int64       `json:"watermark"`
	Formula   string      `json:"formula"`
	Excludes  string      `json:"excludes"`
	BackFill  *kpiFill    `json:"backfill"`
	Series    []kpiSeries `json:"series"`
}

type kpiWindow struct{ From, To int64 }

type kpiFill struct{ Done, Total uint64 }

type kpiSeries struct {
	Tags     map[string]string `json:"tags"`
	Value    *float64          `json:"value"`
	N        int64             `json:"n"`
	Interval *[2]float64       `json:"interval"`
	State    string            `json:"state"`
	Figures  json.RawMessage   `json:"figures"`
}

// KPIListCmd is `hms-monitor kpi list`.
type KPIListCmd struct{ Reading }

// Run prints a table.
func (c *KPIListCmd) Run(ctx context.Context) error {
	answer, err := c.get(ctx, "api/kpis", nil)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(answer)
	}
	var list struct {
		KPIs []struct{ Name, Type, Title string } `json:"kpis"`
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tTYPE\tVALUE\tUNIT\tN\tSTATE\tTITLE")
	for _, k := range list.KPIs {
		text, err := c.get(ctx, "api/kpis/"+url.PathEscape(k.Name)+"/value", nil)
		if err != nil {
			return err
		}
		var a kpiAnswer
		if err := json.Unmarshal(text, &a); err != nil {
			return err
		}
		s := a.total()
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", k.Name, k.Type, s.text(), a.Unit, s.N, a.state(), k.Title)
	}
	return w.Flush()
}

// KPIShowCmd is `hms-monitor kpi show`.
type KPIShowCmd struct {
	Reading
	Name   string `arg:"" help:"The KPI's name."`
	At     string `placeholder:"TIME" help:"As of when: RFC 3339 or ms since 1970 (default: now)."`
	Window string `placeholder:"DURATION" help:"How far back to look, as in 7d (default: the definition's)."`
	By     string `placeholder:"TAG,TAG" help:"Tags to break the value down by."`
}

// Run prints the value, and what it is made of.
func (c *KPIShowCmd) Run(ctx context.Context) error {
	text, err := c.get(ctx, "api/kpis/"+url.PathEscape(c.Name)+"/value", query("at", c.At, "window", c.Window, "by", c.By))
	if err != nil || c.JSON {
		return errors.Join(err, printJSON(text))
	}
	var a kpiAnswer
	if err := json.Unmarshal(text, &a); err != nil {
		return err
	}
	fmt.Printf("%s (%s), version %d\n  %s\n", a.KPI, a.Title, a.Version, a.Formula)
	if a.Excludes != "" {
		fmt.Printf("  not counted: %s\n", a.Excludes)
	}
	fmt.Printf("  window %s to %s; events known up to %s\n", instant(a.Window.From), instant(a.Window.To), instant(a.Watermark))
	if a.BackFill != nil {
		fmt.Printf("  history is still being read: %d of %d events\n", a.BackFill.Done, a.BackFill.Total)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nGROUP\tVALUE\tUNIT\tN\t95 % INTERVAL\tSTATE")
	for _, s := range a.Series {
		interval := ""
		if s.Interval != nil {
			interval = fmt.Sprintf("%.4g to %.4g", s.Interval[0], s.Interval[1])
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", group(s.Tags), s.text(), a.Unit, s.N, interval, s.State)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Println("\nfigures of the total:")
	return printJSON(a.total().Figures)
}

// KPIHistoryCmd is `hms-monitor kpi history`.
type KPIHistoryCmd struct {
	Reading
	Name string `arg:"" help:"The KPI's name."`
	From string `placeholder:"TIME" help:"Begin: RFC 3339 or ms since 1970 (default: a day before the end)."`
	To   string `placeholder:"TIME" help:"End (default: now)."`
	Step string `placeholder:"DURATION" help:"The length of a step, as in 1h."`
	By   string `placeholder:"TAG,TAG" help:"Tags to break the value down by."`
}

// Run prints one line for each point.
func (c *KPIHistoryCmd) Run(ctx context.Context) error {
	text, err := c.get(ctx, "api/kpis/"+url.PathEscape(c.Name)+"/history", query("from", c.From, "to", c.To, "step", c.Step, "by", c.By))
	if err != nil || c.JSON {
		return errors.Join(err, printJSON(text))
	}
	var history struct {
		Series []struct {
			Tags   map[string]string `json:"tags"`
			Points [][3]*float64     `json:"points"`
		} `json:"series"`
	}
	if err := json.Unmarshal(text, &history); err != nil {
		return err
	}
	fmt.Println("time,group,value,n")
	for _, s := range history.Series {
		for _, p := range s.Points {
			value := ""
			if p[1] != nil {
				value = fmt.Sprint(*p[1])
			}
			fmt.Printf("%s,%q,%s,%.0f\n", instant(int64(*p[0])), group(s.Tags), value, *p[2])
		}
	}
	return nil
}

// KPITestCmd is `hms-monitor kpi test`.
type KPITestCmd struct {
	Files []string `arg:"" type:"existingfile" name:"file" help:"Scripts: definitions, events, expected values."`
}

// Run prints every expectation that does not hold.
func (c *KPITestCmd) Run() error {
	failures := 0
	for _, file := range c.Files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		report, err := script.Run(file, text)
		if err != nil {
			fmt.Println(err)
			failures++
			continue
		}
		for _, f := range report.Failures {
			fmt.Println(f)
		}
		failures += len(report.Failures)
		fmt.Printf("%s: %d expectations, %d failures\n", file, report.Expectations, len(report.Failures))
	}
	if failures > 0 {
		return fmt.Errorf("%d expectations or scripts do not hold", failures)
	}
	return nil
}

func (a *kpiAnswer) total() kpiSeries {
	if len(a.Series) == 0 {
		return kpiSeries{}
	}
	return a.Series[0]
}

func (a *kpiAnswer) state() string {
	if a.BackFill != nil {
		return "reading history"
	}
	return a.total().State
}

func (s kpiSeries) text() string {
	if s.Value == nil {
		return "-"
	}
	return fmt.Sprintf("%.4g", *s.Value)
}

func group(tags map[string]string) string {
	if len(tags) == 0 {
		return "total"
	}
	text, _ := json.Marshal(tags) // keys in order
	return strings.NewReplacer(`"`, "", ":", "=").Replace(string(text))
}

func query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

func instant(ms int64) string { return time.UnixMilli(ms).Format(time.RFC3339) }

func printJSON(text json.RawMessage) error {
	if len(text) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
