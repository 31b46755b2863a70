package config

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the faults that are found into testdata/bad")

// TestBadDefinitionsAreRefused: each file of testdata/bad has one kind of fault,
// and beside it what is said of it. After a change: go test ./internal/config -update
func TestBadDefinitionsAreRefused(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(filepath.Base(file), text)
			if err == nil {
				t.Fatal("it is accepted")
			}
			said := err.Error() + "\n"
			expected := strings.TrimSuffix(file, ".yaml") + ".err"
			if *update {
				if err := os.WriteFile(expected, []byte(said), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(expected)
			if err != nil {
				t.Fatal(err)
			}
			if said != string(want) {
				t.Errorf("says\n%swant\n%s", said, want)
			}
			placed(t, filepath.Base(file), said)
		})
	}
}

// decoders are words of Go that mean nothing to those who write the file.
var decoders = regexp.MustCompile(`unmarshal|interface|float64|\[\]|sequence|mapping value`)

func placed(t *testing.T, file, said string) {
	t.Helper()
	place := regexp.MustCompile(`^` + regexp.QuoteMeta(file) + `:\d+:\d+: `)
	for line := range strings.Lines(said) {
		if !place.MatchString(line) {
			t.Errorf("no place in %s", line)
		}
		if decoders.MatchString(line) {
			t.Errorf("not in plain words: %s", line)
		}
	}
}

// TestGoodDefinitionsUseEverything: the fixture has every key of every type, and
// is accepted.
func TestGoodDefinitionsUseEverything(t *testing.T) {
	const file = "testdata/good/kpis.yaml"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(file, text)
	if err != nil {
		t.Fatal(err)
	}
	common := map[string]bool{}
	types := map[string]bool{}
	for _, d := range c.KPIs {
		var written map[string]any
		if err := json.Unmarshal(d.Source, &written); err != nil {
			t.Fatal(err)
		}
		types[d.Type] = true
		for _, key := range keysOf(reflect.TypeOf(d.Common)) {
			common[key] = common[key] || written[key] != nil
		}
		for _, key := range keysOf(reflect.TypeOf(d.Spec).Elem()) {
			if written[key] == nil && !slices.Contains(ofCustom(written), key) {
				t.Errorf("%s does not use %s", d.Name, key)
			}
		}
	}
	for key, used := range common {
		if !used {
			t.Errorf("nothing uses %s", key)
		}
	}
	for _, name := range documentedTypes(t) {
		if !types[name] {
			t.Errorf("nothing is of the type %s", name)
		}
	}
}

// ofCustom are keys that one of the two custom KPIs leaves out.
func ofCustom(written map[string]any) []string {
	if written["name"] == "answered.share" {
		return []string{"unit"}
	}
	return nil
}

func keysOf(typ reflect.Type) (keys []string) {
	for f := range typ.Fields() {
		if key := f.Tag.Get("yaml"); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return keys
}

func documentedTypes(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/kpis.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?m)^## `([a-z_]+)`$").FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	if len(names) == 0 {
		t.Fatal("docs/kpis.md names no type")
	}
	return names
}
