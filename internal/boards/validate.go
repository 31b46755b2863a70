package boards

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/strict"
	"github.com/hms-ops/hms-monitor/internal/suggest"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Known is what boards may refer to. Where KPIs is nil, any name will do.
type Known struct{ KPIs []string }

// The limits of a board.
const (
	mostPanels = 200
	mostRows   = 1000
	mostHeight = 40
	mostText   = 64 << 10
	mostRowsOf = 10_000 // that a table or query shows
)

var names = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Parse reads a board from YAML, or JSON as a part of it; file stands in its
// faults. The board is nil where the text is none.
func Parse(file string, text []byte, known Known) (*Board, *strict.Document) {
	b := &Board{}
	d := strict.Decode(file, text, b)
	if len(d.Faults()) > 0 {
		return nil, d
	}
	if b.Panels == nil {
		b.Panels = []Panel{}
	}
	b.name()
	d.Place(b.Validate(known))
	return b, d
}

// name gives panels without an id one: their type, and a number among those.
func (b *Board) name() {
	taken := map[string]bool{}
	for _, p := range b.Panels {
		taken[p.ID] = true
	}
	for i := range b.Panels {
		p := &b.Panels[i]
		for n := 1; p.ID == ""; n++ {
			if id := p.Type + "-" + strconv.Itoa(n); !taken[id] {
				p.ID, taken[id] = id, true
			}
		}
	}
}

// Validate lists every fault.
func (b *Board) Validate(known Known) (faults fault.List) {
	if b.Name != "" && !names.MatchString(b.Name) {
		faults.Add(fmt.Sprintf("%q is no name: use up to 64 of a-z, 0-9, dot, dash and underscore", b.Name), "name")
	}
	if len(b.Panels) > mostPanels {
		faults.Add(fmt.Sprintf("has %d panels, at most %d", len(b.Panels), mostPanels), "panels")
		return faults
	}
	ids := map[string]int{}
	for i := range b.Panels {
		p, at := &b.Panels[i], []string{"panels", strconv.Itoa(i)}
		faults = append(faults, p.frame().Under(at...)...)
		if p.Spec != nil {
			faults = append(faults, p.Spec.validate(known).Under(at...)...)
		}
		if before, taken := ids[p.ID]; taken {
			faults.Add(fmt.Sprintf("is %q, as that of panel %d: ids tell panels apart", p.ID, before+1), append(at, "id")...)
		}
		ids[p.ID] = i
		for j := range i {
			if p.overlaps(&b.Panels[j]) {
				faults.Add(fmt.Sprintf("overlaps panel %q (x %d, y %d, w %d, h %d): move one of them", b.Panels[j].ID,
					b.Panels[j].X, b.Panels[j].Y, b.Panels[j].W, b.Panels[j].H), at...)
				break
			}
		}
	}
	return faults
}

func (f Frame) overlaps(o *Panel) bool {
	return f.X < o.X+o.W && o.X < f.X+f.W && f.Y < o.Y+o.H && o.Y < f.Y+f.H
}

func (f Frame) frame() (faults fault.List) {
	if !names.MatchString(f.ID) {
		faults.Add(fmt.Sprintf("%q is no id: use up to 64 of a-z, 0-9, dot, dash and underscore", f.ID), "id")
	}
	between := func(v, low, high int, key string) {
		if v < low || v > high {
			faults.Add(fmt.Sprintf("is %d, must be from %d to %d", v, low, high), key)
		}
	}
	between(f.X, 0, Columns-1, "x")
	between(f.Y, 0, mostRows, "y")
	between(f.W, 1, Columns, "w")
	between(f.H, 1, mostHeight, "h")
	if f.X >= 0 && f.X < Columns && f.W >= 1 && f.W <= Columns && f.X+f.W > Columns {
		faults.Add(fmt.Sprintf("reaches to column %d of %d: x and w together are at most %d", f.X+f.W, Columns, Columns), "w")
	}
	return faults
}

// Spec is what a panel says beyond its frame.
type Spec interface {
	validate(known Known) fault.List
}

func (k *KPI) validate(known Known) (faults fault.List) {
	known.kpi(&faults, k.KPI)
	duration(&faults, k.Window, "window")
	return faults
}

func (c *Chart) validate(known Known) (faults fault.List) {
	switch {
	case c.KPI == "" && c.Metric == "":
		faults.Add("is missing: name a kpi or a metric to draw", "kpi")
	case c.KPI != "" && c.Metric != "":
		faults.Add("cannot stand beside kpi: a chart draws one of them", "metric")
	case c.KPI != "":
		known.kpi(&faults, c.KPI)
	}
	duration(&faults, c.Range, "range")
	duration(&faults, c.Step, "step")
	choice(&faults, c.Style, "style", "line", "area", "bar")
	return faults
}

func (t *Table) validate(known Known) (faults fault.List) {
	known.kpi(&faults, t.KPI)
	if t.By == "" {
		faults.Add("is missing: name the tag with a row for each of its values", "by")
	}
	duration(&faults, t.Window, "window")
	choice(&faults, t.Order, "order", "worst", "best", "name")
	limit(&faults, t.Limit)
	return faults
}

func (t *Text) validate(Known) (faults fault.List) {
	switch {
	case strings.TrimSpace(t.Text) == "":
		faults.Add("is missing: write what the panel is to show, in Markdown", "text")
	case len(t.Text) > mostText:
		faults.Add(fmt.Sprintf("is %d bytes long, at most %d", len(t.Text), mostText), "text")
	}
	return faults
}

func (s *SQL) validate(Known) (faults fault.List) {
	switch {
	case strings.TrimSpace(s.SQL) == "":
		faults.Add("is missing: write a SELECT over events", "sql")
	case len(s.SQL) > mostText:
		faults.Add(fmt.Sprintf("is %d bytes long, at most %d", len(s.SQL), mostText), "sql")
	}
	choice(&faults, s.Show, "show", "table", "line", "bar", "number")
	limit(&faults, s.Limit)
	return faults
}

func (a *Alerts) validate(Known) (faults fault.List) {
	for _, state := range a.States {
		choice(&faults, state, "states", "warning", "critical", "ok")
	}
	limit(&faults, a.Limit)
	return faults
}

func (k Known) kpi(faults *fault.List, name string) {
	switch {
	case name == "":
		faults.Add("is missing: name the KPI to show", "kpi")
	case k.KPIs != nil && !slices.Contains(k.KPIs, name):
		faults.Add(fmt.Sprintf("%q is not defined%s", name, suggest.Near(name, k.KPIs)), "kpi")
	}
}

func duration(faults *fault.List, text, key string) {
	if text == "" {
		return
	}
	d, err := units.ParseDuration(text)
	if err != nil || d <= 0 {
		faults.Add(fmt.Sprintf("%q is no duration: write it as 15m, 24h or 7d", text), key)
	}
}

func choice(faults *fault.List, text, key string, all ...string) {
	if text != "" && !slices.Contains(all, text) {
		faults.Add(fmt.Sprintf("%q is not known%s", text, suggest.Near(text, all)), key)
	}
}

func limit(faults *fault.List, n int) {
	if n < 0 || n > mostRowsOf {
		faults.Add(fmt.Sprintf("is %d, must be from 1 to %d", n, mostRowsOf), "limit")
	}
}
