package importer

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// read gives the rows of a file as text: "row@line: values", or the fault.
func read(t testing.TB, f Format, text string, columns ...string) []string {
	t.Helper()
	d, err := newDecoder(f, strings.NewReader(text), &Map{Delimiter: ','}, columns)
	if err != nil {
		return []string{"fatal: " + err.Error()}
	}
	var rows []string
	values := make([]string, len(columns))
	for range 1000 {
		at, err := d.next(values)
		var bad *badRow
		switch {
		case errors.Is(err, io.EOF):
			return rows
		case errors.As(err, &bad):
			rows = append(rows, fmt.Sprintf("%d@%d bad: %s", at.row, at.line, bad.reason))
		case err != nil:
			return append(rows, "fatal: "+err.Error())
		default:
			rows = append(rows, fmt.Sprintf("%d@%d: %s", at.row, at.line, strings.Join(values, "|")))
		}
	}
	t.Fatal("the file does not end")
	return nil
}

func TestDecoders(t *testing.T) {
	for _, c := range []struct {
		name   string
		format Format
		text   string
		want   []string
	}{
		{"csv", CSV, "a,x,b\n1,2,3\n\"1\n,\",\"\"\"\",\n", []string{"1@2: 1|3", "2@3: 1\n,|"}},
		{"csv with byte order mark and CRLF", CSV, "\xEF\xBB\xBFa,b\r\n1,2\r\n", []string{"1@2: 1|2"}},
		{"csv bad rows", CSV, "a,b\n1\n\"x\"y,2\n1,2,3\n5,6\n", []string{
			"1@2 bad: 1 columns, the first line names 2", "2@3 bad: extraneous or missing \" in quoted-field",
			"3@4 bad: 3 columns, the first line names 2", "4@5: 5|6"}},
		{"csv open quote", CSV, "a,b\n\"1,2\n", []string{"1@2 bad: extraneous or missing \" in quoted-field"}},
		{"csv swallowed", CSV, "a,b\n\"" + strings.Repeat("x\n", mostRowBytes), []string{"fatal: row 1: longer than 4 MiB; is a quote left open?"}},
		{"csv without column", CSV, "a,c\n1,2\n", []string{"fatal: the map reads columns that the file does not have: b; it has: a, c"}},
		{"csv empty", CSV, "", []string{"fatal: the file is empty; its first line must name the columns"}},
		{"ndjson", NDJSON, "{\"a\":1.50,\"b\":\"ü\\n\"}\n\n {\"b\":null,\"c\":{},\"a\":true}\r\n{\"a\":[1, 2]}", []string{"1@1: 1.50|ü\n", "2@3: true|", "3@4: [1, 2]|"}},
		{"ndjson bad rows", NDJSON, "{\n7\n{\"a\":1}x\n{\"a\":1,\"a\":2}\n{\"a\":1}\n", []string{
			"1@1 bad: not valid JSON: unexpected EOF after offset 1", "2@2 bad: not a JSON object", "", "", "5@5: 1|"}},
		{"ndjson list", NDJSON, "[{}]", []string{"fatal: the file begins with a list; one object a line is expected (jq -c '.[]' makes that of it)"}},
		{"ndjson long", NDJSON, strings.Repeat("x", mostRowBytes+1), []string{"fatal: line 1 is longer than 4 MiB"}},
		{"ndjson empty", NDJSON, "", nil},
		{"xes not", XES, "<html><trace/></html>", []string{"fatal: the outermost element is html, not log: this is not an XES file"}},
		{"xes empty", XES, "", []string{"fatal: no log element: this is not an XES file"}},
		{"xes cut", XES, "<log><trace><event>", []string{"fatal: line 1: not valid XML: unexpected EOF"}},
	} {
		got := read(t, c.format, c.text, "a", "b")
		if len(got) != len(c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			continue
		}
		for i, want := range c.want {
			if want != "" && got[i] != want {
				t.Errorf("%s: got %q, want %q", c.name, got[i], want)
			}
		}
	}
}

func TestNestedJSONFieldsAreColumnsWithDots(t *testing.T) {
	got := read(t, NDJSON, `{"user":{"id":7,"x":{"y":"z"}},"id":1}`, "user.id", "user.x.y", "id")
	if !slices.Equal(got, []string{"1@1: 7|z|1"}) {
		t.Errorf("got %q", got)
	}
	if got := read(t, NDJSON, strings.Repeat(`{"a":`, 40)+"1"+strings.Repeat("}", 40), "a"); !strings.Contains(got[0], "deep") {
		t.Errorf("got %q", got)
	}
}

func TestXESGivesEventsWithTheirTracesAttributes(t *testing.T) {
	const log = `<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">
<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
<trace>
 <string key="concept:name" value="c1"><string key="nested" value="no"/></string>
 <event>
  <string key="concept:name" value="open &amp; shut"/><date key="time:timestamp" value="2011-01-01T00:00:00Z"/></event>
 <event><string key="concept:name" value="close"><float key="cost" value="1"/></string></event>
 <int key="late" value="7"/>
</trace>
<trace><string key="concept:name" value="c2"/></trace>
<trace><string key="concept:name" value="c3"/><event/></trace>
<event><string key="concept:name" value="alone"/></event>
</log>`
	got := read(t, XES, log, "case:concept:name", "concept:name", "case:late", "case:index", "case:size", "cost")
	want := []string{"1@5: c1|open & shut|7|1|2|", "2@7: c1|close|7|2|2|", "3@11: c3|||1|1|", "4@12: |alone||1|1|"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func fuzzDecoder(f *testing.F, format Format, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := newDecoder(format, strings.NewReader(text), &Map{Delimiter: ','}, []string{"a", "b", "case:a"})
		if err != nil {
			return
		}
		last := 0
		values := make([]string, 3)
		for {
			at, err := d.next(values)
			var bad *badRow
			if err != nil && !errors.As(err, &bad) {
				return
			}
			if at.row != last+1 || at.line < 1 {
				t.Fatalf("row %d line %d follows row %d", at.row, at.line, last)
			}
			last = at.row
			if last > len(text)+1 {
				t.Fatal("more rows than bytes")
			}
		}
	})
}

func FuzzCSV(f *testing.F) {
	fuzzDecoder(f, CSV, "a,b,case:a\n1,2,3\n\"x\"\"\n\",,\n\"\n", "a,b,case:a\r\n\"", "a,b,case:a\n,\n,,,\n")
}

func FuzzNDJSON(f *testing.F) {
	fuzzDecoder(f, NDJSON, `{"a":1,"b":{"a":[1,{}]},"case":{"a":"x"}}`, "{\"a\":\"\\ud800\"}\n[]\n{}x", "\x00\n{\"a\":1e999}")
}

func FuzzXES(f *testing.F) {
	fuzzDecoder(f, XES, `<log><trace><string key="a" value="1"/><event><int key="b" value="2"/></event></trace></log>`,
		`<log><event><a key="a"/></event><trace>`, `<?xml version="1.0" encoding="latin1"?><log/>`, `<log><!DOCTYPE x [<!ENTITY a "b">]><trace><event><x key="a" value="&a;"/></event></trace></log>`)
}
