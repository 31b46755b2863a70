package importer

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func mustMap(t testing.TB, text string) *Map {
	t.Helper()
	m, err := LoadMap("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLoadMapReadsEveryKey(t *testing.T) {
	m := mustMap(t, `
format: csv
time_zone: America/New_York
nulls: ["", "?", NULL, 0]
source: calls
delimiter: ";"
events:
  - {metric: call.offered, time: {template: "{date} {at}", layout: "2006-01-02 15:04:05"}, value: wait, id: "{id}/{{o}}",
     tags: {queue: type, agentId: {column: who, hash: true}, kind: {const: phone}, due: {column: target, time: unix_s}}, when: "row['a b'] != '' && who != 'x'"}
  - metric: call.answered
    time: {column: [answered, left], layout: rfc3339}
`)
	if m.Format != CSV || m.Zone.String() != "America/New_York" || m.Source != "calls" || m.Delimiter != ';' {
		t.Errorf("got %+v", m)
	}
	if !slices.Equal(m.Nulls, []string{"", "?", "NULL", "0"}) {
		t.Errorf("nulls %q", m.Nulls)
	}
	want := []string{"date", "at", "wait", "id", "type", "who", "target", "a b", "answered", "left"}
	if got := m.columns(); !slices.Equal(got, want) {
		t.Errorf("columns %q, want %q", got, want)
	}
	if v := m.Events[1].Value; v.constant != 1 || v.column != "" {
		t.Errorf("the value is 1 where none is given, not %+v", v)
	}
	if other := mustMap(t, "events: [{metric: a, time: {column: t, layout: rfc3339}}]"); other.Source != "test" {
		t.Errorf("source %q", other.Source)
	}
}

func TestLoadMapReportsEveryFaultWithItsLine(t *testing.T) {
	const start = "events:\n  - metric: m\n    time: {column: t, layout: rfc3339}\n"
	for _, c := range []struct{ name, text, want string }{
		{"syntax", "events: [", "test.yaml:1: YAML: "},
		{"empty", "", "test.yaml:1: map: the map is empty"},
		{"no events", "format: csv", "test.yaml:1: map: events is missing"},
		{"empty events", "events: []", "test.yaml:1: events: it is empty"},
		{"events no list", "events: x", "test.yaml:1: events: a list is expected"},
		{"unknown key", start + "formt: csv\n", "test.yaml:4: formt: unknown key; known here: format, time_zone"},
		{"unknown key inside", start + "    tag: {a: b}\n", "test.yaml:4: events.0.tag: unknown key; known here: metric, time"},
		{"format", start + "format: xml\n", `test.yaml:4: format: "xml" is none of csv, ndjson, xes`},
		{"zone", start + "time_zone: Boston\n", `test.yaml:4: time_zone: "Boston" is no time zone`},
		{"delimiter", start + `delimiter: "::"` + "\n", `test.yaml:4: delimiter: "::" is not one character`},
		{"nulls", start + "nulls: x\n", "test.yaml:4: nulls: a list is expected"},
		{"metric", "events:\n  - time: {column: t, layout: rfc3339}\n", "test.yaml:2: events.0: metric is missing"},
		{"time", "events:\n  - metric: m\n", "test.yaml:2: events.0: time is missing"},
		{"time without layout", "events:\n  - metric: m\n    time: {column: t}\n", "test.yaml:3: events.0.time: layout is missing"},
		{"time text", "events:\n  - metric: m\n    time: t\n", "test.yaml:3: events.0.time: key: value pairs are expected here: column, template, layout"},
		{"layout", "events:\n  - metric: m\n    time: {column: t, layout: YYYY-MM-DD}\n", `test.yaml:3: events.0.time.layout: "YYYY-MM-DD" is none of`},
		{"layout zone", "events:\n  - metric: m\n    time: {column: t, layout: \"2006-01-02 15:04 MST\"}\n", "test.yaml:3: events.0.time.layout: a zone abbreviation"},
		{"value", start + "    value: NaN\n", "test.yaml:4: events.0.value: "},
		{"value list", start + "    value: [1]\n", "test.yaml:4: events.0.value: a text or number"},
		{"id constant", start + "    id: x\n", "test.yaml:4: events.0.id: it holds no column"},
		{"id open", start + "    id: \"{x\"\n", "test.yaml:4: events.0.id: \"{\" at character 1"},
		{"id closed", start + "    id: \"{x}}\"\n", "test.yaml:4: events.0.id: "},
		{"tag twice", start + "    tags: {a: {column: b, const: c}}\n", "test.yaml:4: events.0.tags.a: it needs one of column, template, const; it has column and const"},
		{"tag none", start + "    tags: {a: {hash: true}}\n", "it has none"},
		{"tag hash", start + "    tags: {a: {column: b, hash: maybe}}\n", "events.0.tags.a.hash: true or false"},
		{"tag hash and time", start + "    tags: {a: {column: b, hash: true, time: rfc3339}}\n", "exclude each other"},
		{"when syntax", start + "    when: \"a ==\"\n", "test.yaml:4: events.0.when: "},
		{"when type", start + "    when: \"a + b\"\n", "test.yaml:4: events.0.when: "},
		{"when number", start + "    when: \"a > 5\"\n", "test.yaml:4: events.0.when: "},
		{"when row", start + "    when: \"row[a] == ''\"\n", "must be followed by a quoted column name"},
		{"when row alone", start + "    when: \"len(row) > 1\"\n", "must be followed by a quoted column name"},
		{"duplicate key", start + "format: csv\nformat: csv\n", "test.yaml:5: YAML: "},
		{"alias", "a: &x 1\n" + start + "source: *x\n", "source: a text or number"},
		{"too long", strings.Repeat("#", mostMapBytes+1), "too long for a map"},
	} {
		_, err := LoadMap("test.yaml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got  %v\n want %s", c.name, err, c.want)
		}
	}
}

func TestLoadMapFindsAllFaultsAtOnce(t *testing.T) {
	_, err := LoadMap("m.yaml", []byte("format: x\nsource: \"\"\nevents:\n  - {metric: \"\"}\n"))
	var all *MapFaults
	if !errors.As(err, &all) || len(all.Faults) != 4 {
		t.Errorf("got %v", err)
	}
}

func FuzzLoadMap(f *testing.F) {
	f.Add("events:\n  - {metric: m, time: {column: [a, b], layout: rfc3339}, value: v, id: '{a}', tags: {x: y, z: {const: 1}}, when: \"a != ''\"}\n")
	f.Add("a: &x {b: *x}\n<<: *x\n")
	f.Add("events: [{metric: m, time: {template: '{{}}', layout: '06'}}]")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := LoadMap("f.yaml", []byte(text))
		if err != nil {
			return
		}
		// A map that loads can be applied to any row.
		p := newMapper(m, "f", "", func(refusal) {})
		p.row(nil, make([]string, len(p.columns)), place{1, 1})
	})
}
