package prom

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"go.yaml.in/yaml/v3"

	"github.com/hms-ops/hms-monitor/internal/promql"
)

// file is a rule file without a fault.
type file struct {
	name   string // as configured, with its folder
	groups []group
}

// group is one of its groups, and its rules as they were written.
type group struct {
	rulefmt.RuleGroup
	texts []text
}

type text struct {
	line, column int
	yaml         string
}

// section is a group as it stands in the file.
type section struct {
	line, column int
	name         string
	rules        []text
}

// read reads the files of a pattern. The error is every fault in them.
func read(pattern, dir string) (files []file, err error) {
	path := pattern
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	found, err := filepath.Glob(path)
	if err != nil {
		return nil, fmt.Errorf("%q is no pattern of file names: %w", pattern, err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%q names no file in %s", pattern, dir)
	}
	var errs []error
	for _, path := range found {
		content, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		name := path
		if inside, err := filepath.Rel(dir, path); err == nil && !filepath.IsAbs(pattern) {
			name = inside
		}
		f, err := parse(name, content)
		files, errs = append(files, f), append(errs, each(err)...)
	}
	return files, errors.Join(errs...)
}

// parse reads a rule file strictly.
func parse(name string, content []byte) (file, error) {
	sections := sectionsOf(content)
	parsed, errs := rulefmt.Parse(content, false, model.UTF8Validation, promql.NewParser(), slog.New(slog.DiscardHandler))
	var all []error
	for _, err := range errs {
		for _, text := range placed(err, sections) {
			all = append(all, errors.New(name+":"+text))
		}
	}
	if several(content) {
		all = append(all, fmt.Errorf("%s: a second document: one is expected", name))
	}
	if len(all) > 0 {
		return file{}, errors.Join(all...)
	}
	f := file{name: name}
	for i, g := range parsed.Groups {
		f.groups = append(f.groups, group{g, sections[i].rules})
	}
	return f, nil
}

// several reports whether there is more than one document.
func several(content []byte) bool {
	documents := 0
	for d := yaml.NewDecoder(bytes.NewReader(content)); d.Decode(new(yaml.Node)) == nil; {
		documents++
	}
	return documents > 1
}

// lineAndColumn are what errors of rule files begin with, once or twice.
var lineAndColumn = regexp.MustCompile(`^((\d+):(\d+): )+`)

// yamlLine is how the YAML decoder tells where a fault is.
var yamlLine = regexp.MustCompile(`line (\d+): ([^\n]*)`)

// placed writes an error as "line:column: what is wrong", of each fault in it.
func placed(err error, sections []section) (all []string) {
	if e, ok := errors.AsType[*rulefmt.Error](err); ok {
		message := e.Err.Error()
		at := lineAndColumn.FindString(message)
		message = strings.TrimPrefix(message, at)
		if at == "" || strings.HasPrefix(at, "0:") {
			t := place(e, sections)
			at = fmt.Sprintf("%d:%d: ", t.line, t.column)
		}
		if second := strings.Index(at, ": ") + 2; second < len(at) {
			at = at[:second]
		}
		return []string{fmt.Sprintf("%sgroup %q, rule %q: %s", at, e.Group, e.RuleName, message)}
	}
	for _, m := range yamlLine.FindAllStringSubmatch(err.Error(), -1) {
		all = append(all, m[1]+": "+m[2])
	}
	if all != nil {
		return all
	}
	message := err.Error()
	if rest, ok := strings.CutPrefix(message, "0:0: "); ok { // of a group, whose place is not told
		g := misnamed(sections)
		return []string{fmt.Sprintf("%d:%d: %s", g.line, g.column, rest)}
	}
	if !lineAndColumn.MatchString(message) {
		message = " " + message
	}
	return []string{message}
}

// misnamed is the first group that has no name, or that of one before it.
func misnamed(sections []section) section {
	for i, g := range sections {
		if g.name == "" || slices.ContainsFunc(sections[:i], func(o section) bool { return o.name == g.name }) {
			return g
		}
	}
	return section{}
}

func place(e *rulefmt.Error, sections []section) (t text) {
	for _, g := range sections {
		if g.name == e.Group && e.Rule <= len(g.rules) {
			return g.rules[e.Rule-1]
		}
	}
	return t
}

// sectionsOf finds the groups and their rules.
func sectionsOf(content []byte) (sections []section) {
	var document yaml.Node
	if yaml.Unmarshal(content, &document) != nil || len(document.Content) == 0 {
		return nil
	}
	for _, g := range member(document.Content[0], "groups").Content {
		found := section{line: g.Line, column: g.Column, name: member(g, "name").Value}
		for _, r := range member(g, "rules").Content {
			var b strings.Builder
			e := yaml.NewEncoder(&b)
			e.SetIndent(2)
			_ = e.Encode(r) // it was read as YAML, so it can be written
			found.rules = append(found.rules, text{r.Line, r.Column, strings.TrimSpace(b.String())})
		}
		sections = append(sections, found)
	}
	return sections
}

// member is the value under a key; an empty node where there is none.
func member(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return &yaml.Node{}
}

// clashes are alerts of one name in several groups: a group tells how all series
// of its alerts stand, so that two would end each other's.
func clashes(files []file) (errs []error) {
	where := map[string]string{}
	groups := map[string]bool{}
	for _, f := range files {
		for _, g := range f.groups {
			key := f.name + ";" + g.Name
			if groups[key] {
				errs = append(errs, fmt.Errorf("%s: the file is named twice", f.name))
				break
			}
			groups[key] = true
			for i, r := range g.Rules {
				if r.Alert == "" {
					continue
				}
				if other, taken := where[r.Alert]; taken && other != key {
					errs = append(errs, fmt.Errorf("%s:%d:%d: alert %q stands in the group %s as well: give it another name, or put both rules into one group", f.name, g.texts[i].line, g.texts[i].column, r.Alert, other))
				}
				where[r.Alert] = key
			}
		}
	}
	return errs
}
