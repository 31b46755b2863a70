package boards

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFaults(t *testing.T) {
	known := Known{KPIs: []string{"case.sla", "case.backlog"}}
	const place = "x: 0, y: 0, w: 3, h: 2"
	for _, c := range []struct{ panel, want string }{
		{`{type: kpi, kpi: case.sla, ` + place + `}`, ""},
		{`{type: kip, kpi: case.sla, ` + place + `}`, `b.yaml:3:12: panels.0.type: is no type of panel; did you mean "kpi"?`},
		{`{kpi: case.sla, ` + place + `}`, `panels.0.type: is missing; there are kpi, chart, table, text, sql, alerts`},
		{`{type: kpi, kpi: case.slo, ` + place + `}`, `b.yaml:3:17: panels.0.kpi: "case.slo" is not defined; did you mean "case.sla"?`},
		{`{type: kpi, ` + place + `}`, `panels.0.kpi: is missing`},
		{`{type: kpi, kpi: case.sla, windw: 7d, ` + place + `}`, `b.yaml:3:32: panels.0.windw: is not a key here; did you mean "window"?`},
		{`{type: kpi, kpi: case.sla, window: soon, ` + place + `}`, `panels.0.window: "soon" is no duration`},
		{`{type: kpi, kpi: case.sla, sql: SELECT 1, ` + place + `}`, `panels.0.sql: is not a key here`},
		{`{type: kpi, kpi: case.sla, x: 10, y: 0, w: 3, h: 2}`, `panels.0.w: reaches to column 13 of 12`},
		{`{type: kpi, kpi: case.sla, x: -1, y: 0, w: 3, h: 2}`, `panels.0.x: is -1, must be from 0 to 11`},
		{`{type: kpi, kpi: case.sla, x: 0, y: 0}`, `panels.0.w: is 0, must be from 1 to 12`},
		{`{type: kpi, kpi: case.sla, x: 0.5, y: 0, w: 3, h: 2}`, `panels.0.x: must be a whole number`},
		{`{type: chart, ` + place + `}`, `panels.0.kpi: is missing: name a kpi or a metric`},
		{`{type: chart, kpi: case.sla, metric: m, ` + place + `}`, `panels.0.metric: cannot stand beside kpi`},
		{`{type: chart, kpi: case.sla, style: lines, ` + place + `}`, `"lines" is not known; did you mean "line"?`},
		{`{type: table, kpi: case.sla, ` + place + `}`, `panels.0.by: is missing`},
		{`{type: table, kpi: case.sla, by: office, limit: -1, ` + place + `}`, `panels.0.limit: is -1`},
		{`{type: text, text: " ", ` + place + `}`, `panels.0.text: is missing`},
		{`{type: sql, ` + place + `}`, `panels.0.sql: is missing`},
		{`{type: alerts, states: [warnin], ` + place + `}`, `"warnin" is not known; did you mean "warning"?`},
		{`{type: alerts, id: A B, ` + place + `}`, `panels.0.id: "A B" is no id`},
		{`{type: alerts, ` + place + "}\n  - {type: alerts, x: 2, y: 1, w: 3, h: 2}", `b.yaml:4:6: panels.1: overlaps panel "alerts-1"`},
		{`{type: alerts, id: a, ` + place + "}\n  - {type: alerts, id: a, x: 3, y: 1, w: 3, h: 2}", `panels.1.id: is "a", as that of panel 1`},
		{`kpi`, `panels.0: must be a section`},
	} {
		_, d := Parse("b.yaml", []byte("name: b\npanels:\n  - "+c.panel+"\n"), known)
		err := d.Err()
		if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\ngives %v\nwant  %s", c.panel, err, c.want)
		}
	}
	if _, d := Parse("b.yaml", []byte("name: A B\npanel: []\n"), known); !strings.Contains(d.Err().Error(), `did you mean "panels"?`) {
		t.Error(d.Err())
	}
}

// anyBoard draws a board without faults.
func anyBoard(t *rapid.T) *Board {
	text := rapid.StringMatching(`[a-zäA-Z:#'"\\ -]{1,20}[a-z](\n[a-z ]{0,5}x)?`)
	name := rapid.StringMatching(`[a-z][a-z0-9.]{0,8}`)
	tags := rapid.MapOfN(name, text, 0, 2)
	b := &Board{Name: "b", Title: text.Draw(t, "title"), Description: rapid.OneOf(text, rapid.Just("")).Draw(t, "description"), Panels: []Panel{}}
	for i := range rapid.IntRange(0, 6).Draw(t, "panels") {
		w := rapid.IntRange(1, Columns).Draw(t, "w")
		p := Panel{Frame: Frame{ID: name.Draw(t, "id") + string(rune('a'+i)) + "0", X: rapid.IntRange(0, Columns-w).Draw(t, "x"), Y: 3 * i, W: w, H: rapid.IntRange(1, 3).Draw(t, "h")}}
		p.Type = rapid.SampledFrom(Types()).Draw(t, "type")
		p.Title = rapid.OneOf(text, rapid.Just("")).Draw(t, "panel title")
		switch p.Type {
		case "kpi":
			p.Spec = &KPI{KPI: name.Draw(t, "kpi"), Tags: tags.Draw(t, "tags"), Window: "7d"}
		case "chart":
			p.Spec = &Chart{Metric: name.Draw(t, "metric"), By: name.Draw(t, "by"), Style: "bar"}
		case "table":
			p.Spec = &Table{KPI: name.Draw(t, "kpi"), By: text.Draw(t, "by"), Limit: rapid.IntRange(0, 9).Draw(t, "limit")}
		case "text":
			p.Spec = &Text{Text: text.Draw(t, "text")}
		case "sql":
			p.Spec = &SQL{SQL: text.Draw(t, "sql")}
		case "alerts":
			p.Spec = &Alerts{States: []string{"ok"}, Tags: tags.Draw(t, "tags")}
		}
		b.Panels = append(b.Panels, p)
	}
	return b
}

// What is exported is read as the same board, from YAML and from JSON.
func TestExportIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBoard(t)
		asYAML, err := b.YAML()
		if err != nil {
			t.Fatal(err)
		}
		asJSON, err := b.JSON()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{asYAML, asJSON} {
			again, d := Parse("b", text, Known{})
			if err := d.Err(); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if diff := Compare(b, again); !diff.Empty() || again.Name != b.Name {
				t.Fatalf("%s\nis read back with the differences %+v", text, diff)
			}
		}
	})
}

// Who applies a difference has the other board.
func TestCompareTellsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyBoard(t), anyBoard(t)
		for i := range b.Panels { // so that some are the same
			if i < len(a.Panels) && rapid.Bool().Draw(t, "same") {
				b.Panels[i].ID = a.Panels[i].ID
			}
		}
		d := Compare(a, b)
		panels := map[string]Panel{}
		for _, p := range a.Panels {
			panels[p.ID] = p
		}
		for _, p := range d.Removed {
			delete(panels, p.ID)
		}
		for _, p := range d.Added {
			panels[p.ID] = p
		}
		for _, c := range d.Changed {
			if len(c.Keys) == 0 || !reflect.DeepEqual(c.Before, panels[c.ID]) {
				t.Fatalf("a change without a difference: %+v", c)
			}
			panels[c.ID] = c.After
		}
		if len(panels) != len(b.Panels) {
			t.Fatalf("%d panels, want %d", len(panels), len(b.Panels))
		}
		for _, p := range b.Panels {
			if keys := differing(panels[p.ID], p); len(keys) > 0 {
				t.Fatalf("panel %s still differs in %v", p.ID, keys)
			}
		}
		if (a.Title != b.Title) != (len(d.Board) > 0 && d.Board[0] == "title") {
			t.Fatalf("titles %q and %q: %v", a.Title, b.Title, d.Board)
		}
	})
}

func board(t *testing.T, text string) *Board {
	t.Helper()
	b, d := Parse("b", []byte(text), Known{})
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCatalog(t *testing.T) {
	l, err := NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	version := func(n int) *int { return &n }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if s, err := l.Get("operations"); err != nil || s.Origin != FromDefault || s.Version() != 0 || len(s.Board.Panels) < 5 {
		t.Fatal(s, err)
	}
	_, err = l.Put(board(t, "name: operations\ntitle: Mine\n"), Change{Who: "ann", Why: "ours ", At: 1, If: version(0)})
	must(err)
	_, err = l.Put(board(t, "name: operations\ntitle: Hers\n"), Change{Who: "bob", At: 2, If: version(0)})
	if !errors.Is(err, ErrMoved) {
		t.Error("a change of what somebody else changed:", err)
	}
	s, err := l.Put(board(t, "name: operations\ntitle: Mine\n"), Change{Who: "bob", At: 2})
	if err != nil || s.Version() != 1 {
		t.Error("the same board again is version", s.Version(), err)
	}
	_, err = l.Put(board(t, "name: desk\n"), Change{At: 3})
	must(err)
	if _, err := l.Get("dask"); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), `did you mean "desk"?`) {
		t.Error(err)
	}

	state, err := l.Checkpoint()
	must(err)
	if again, err := l.Checkpoint(); again != nil || err != nil {
		t.Error("what did not change is kept again")
	}
	restored, err := NewCatalog()
	must(err)
	must(restored.Restore(state))
	if got, want := restored.List(), l.List(); !reflect.DeepEqual(got, want) || len(got) != 2 || got[1].Versions[0].Who != "ann" || got[1].Versions[0].Why != "ours" {
		t.Errorf("restored %+v, want %+v", got, want)
	}

	must(restored.Delete("operations", Change{At: 4, If: version(1)}))
	if s, err := restored.Get("operations"); err != nil || s.Origin != FromDefault || s.Version() != 2 {
		t.Error("after its change was deleted, the default is", s.Origin, s.Version(), err)
	}
	if err := restored.Delete("operations", Change{}); !errors.Is(err, ErrReadOnly) {
		t.Error("a default is deleted:", err)
	}
	must(restored.Delete("desk", Change{}))
	if _, err := restored.Get("desk"); !errors.Is(err, ErrUnknown) || len(restored.List()) != 1 {
		t.Error("a deleted board is there:", err)
	}
	if err := restored.Restore([]byte("{")); err == nil {
		t.Error("a broken state is taken")
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.yaml", "name: operations\ntitle: From a file\n")
	write("b.yaml", "name: desk\n")
	files, errs, faults := Read(dir, []string{"*.yaml", "b.yaml"})
	if len(files) != 2 || len(errs) != 0 || len(faults) != 0 {
		t.Fatal(files, errs, faults)
	}
	l, err := NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	l.Use(files)
	if s, err := l.Get("operations"); err != nil || s.Origin != FromFile || s.Board.Title != "From a file" {
		t.Error(s, err)
	}
	if _, err := l.Put(board(t, "name: desk\ntitle: x\n"), Change{}); !errors.Is(err, ErrReadOnly) || !strings.Contains(err.Error(), "b.yaml") {
		t.Error("the board of a file is changed:", err)
	}
	write("c.yaml", "name: desk\npanels: [{type: text}]\n")
	write("d.yaml", "title: x\n")
	write("e.yaml", "name: desk\n")
	_, errs, faults = Read(dir, []string{"*.yaml", "none/*.yaml"})
	said := errors.Join(errors.Join(errs...), faults.Err()).Error()
	for _, want := range []string{"c.yaml:2:11: panels.0.w", "d.yaml:1:1: name: is missing", `e.yaml:1:1: name: is "desk", as in`, "1: names no file"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s\nlacks %s", said, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("name: b\npanels: [{type: kpi, kpi: a, x: 0, y: 0, w: 1, h: 1}]"))
	f.Add(operations)
	f.Fuzz(func(t *testing.T, text []byte) {
		b, d := Parse("b", text, Known{})
		if d.Err() != nil {
			return
		}
		source, err := b.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if again, d := Parse("b", source, Known{}); d.Err() != nil || !Compare(b, again).Empty() {
			t.Fatalf("%s is read back as something else: %v", source, d.Err())
		}
	})
}
