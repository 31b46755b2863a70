// Package strict decodes YAML, and JSON as a part of it, into structs and finds
// every fault at once: unknown keys, keys given twice, wrong types, each with
// its place. What the values mean is for the owners of the structs, whose faults
// it places as well.
package strict

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// Document is a text decoded, with the places of what it holds. It walks the
// text beside the structs that it fills.
type Document struct {
	file   string
	faults []Fault
	places map[string]place // by the keys that lead there
}

// Fault is one thing wrong with a text. Line 0 means that the place is unknown.
type Fault struct {
	File         string
	Line, Column int
	Path         []string
	Detail       string
}

func (f Fault) Error() string {
	where := f.File
	if f.Line > 0 {
		where += fmt.Sprintf(":%d:%d", f.Line, f.Column)
	}
	if len(f.Path) > 0 {
		where += ": " + strings.Join(f.Path, ".")
	}
	return where + ": " + f.Detail
}

// Parted is a section whose keys depend on what it says.
type Parted interface {
	// Parts gives pointers to the structs that take the keys between them, by
	// the text of other keys; or what is wrong, and under which key.
	Parts(text func(key string) string) (parts []any, key, detail string)
	// Written is handed the section as it was written, as JSON with sorted keys.
	Written(source json.RawMessage)
}

type place struct{ line, column int }

const pathSeparator = "\x00"

// Decode fills into, a pointer to a struct, from text; file stands in the faults.
func Decode(file string, text []byte, into any) *Document {
	d := &Document{file: file, places: map[string]place{}}
	d.document(text, reflect.ValueOf(into).Elem())
	return d
}

// Faults are all found so far.
func (d *Document) Faults() []Fault { return d.faults }

// Err is all faults in one error, nil for none.
func (d *Document) Err() error {
	errs := make([]error, len(d.faults))
	for i, f := range d.faults {
		errs[i] = f
	}
	return errors.Join(errs...)
}

// Place adds faults of what was decoded, each where its path leads.
func (d *Document) Place(faults fault.List) {
	for _, f := range faults {
		d.fault(d.nearest(f.Path), f.Path, f.Detail)
	}
}

// Where is the place of a path, or of the closest section around it.
func (d *Document) Where(path []string) (line, column int) {
	at := d.nearest(path)
	return at.line, at.column
}

// fault adds one; they are in the order of their places.
func (d *Document) fault(at place, path []string, detail string) {
	d.faults = append(d.faults, Fault{d.file, at.line, at.column, slices.Clone(path), detail})
	slices.SortStableFunc(d.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

func (d *Document) nearest(path []string) place {
	for n := len(path); n >= 0; n-- {
		if p, ok := d.places[strings.Join(path[:n], pathSeparator)]; ok {
			return p
		}
	}
	return place{}
}

func (d *Document) document(text []byte, into reflect.Value) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		d.fault(d.placeOf(err), nil, firstLine(err))
		return
	}
	switch {
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		return // an empty file is all defaults
	case len(file.Docs) > 1:
		d.fault(placeOfNode(file.Docs[1].Body), nil, "a second document: one is expected")
		return
	}
	d.node(file.Docs[0].Body, nil, into)
}

func (d *Document) node(n ast.Node, path []string, into reflect.Value) {
	d.places[strings.Join(path, pathSeparator)] = placeOfNode(n)
	switch {
	case decodesItself(into):
		d.leaf(n, path, into)
	case into.Kind() == reflect.Pointer:
		if _, null := n.(*ast.NullNode); !null {
			into.Set(reflect.New(into.Type().Elem()))
			d.node(n, path, into.Elem())
		}
	case isParted(into):
		d.parted(n, path, into.Addr().Interface().(Parted))
	case into.Kind() == reflect.Struct:
		for _, entry := range d.entries(n, path) {
			d.member(entry, path, into)
		}
	case into.Kind() == reflect.Map:
		// What a file lists takes the place of the defaults.
		into.Set(reflect.MakeMap(into.Type()))
		for _, entry := range d.entries(n, path) {
			value := reflect.New(into.Type().Elem()).Elem()
			name := keyOf(entry)
			d.node(entry.Value, at(path, name), value)
			into.SetMapIndex(reflect.ValueOf(name), value)
		}
	case into.Kind() == reflect.Slice && into.Type().Elem().Kind() == reflect.Struct:
		d.list(n, path, into)
	default:
		d.leaf(n, path, into)
	}
}

func (d *Document) member(entry *ast.MappingValueNode, path []string, parts ...reflect.Value) {
	name := keyOf(entry)
	var known []string
	for _, into := range parts {
		for i := range into.NumField() {
			tag, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("yaml"), ",")
			switch tag {
			case "", "-":
			case name:
				d.node(entry.Value, at(path, name), into.Field(i))
				d.places[strings.Join(at(path, name), pathSeparator)] = placeOfNode(entry.Key)
				return
			default:
				known = append(known, tag)
			}
		}
	}
	d.fault(placeOfNode(entry.Key), at(path, name), "is not a key here"+suggest.Near(name, known))
}

func (d *Document) parted(n ast.Node, path []string, into Parted) {
	found := len(d.faults)
	entries := d.entries(n, path)
	if len(d.faults) > found {
		return // it is no section
	}
	parts, key, detail := into.Parts(func(key string) string {
		for _, e := range entries {
			if keyOf(e) == key {
				var text string
				_ = yaml.NodeToValue(e.Value, &text) // what is no text is found by the part
				return text
			}
		}
		return ""
	})
	if detail != "" {
		where := placeOfNode(n)
		for _, e := range entries {
			if keyOf(e) == key {
				where = placeOfNode(e.Value)
			}
		}
		d.fault(where, at(path, key), detail)
		return
	}
	values := make([]reflect.Value, len(parts))
	for i, p := range parts {
		values[i] = reflect.ValueOf(p).Elem()
	}
	for _, e := range entries {
		d.member(e, path, values...)
	}
	var written any
	if err := yaml.NodeToValue(n, &written); err != nil {
		d.fault(placeOfNode(n), path, firstLine(err))
		return
	}
	source, err := json.Marshal(written)
	if err != nil {
		d.fault(placeOfNode(n), path, "cannot be kept: "+err.Error())
		return
	}
	into.Written(source)
}

func (d *Document) list(n ast.Node, path []string, into reflect.Value) {
	items, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fault(placeOfNode(n), path, "must be a list")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(items.Values), len(items.Values)))
	for i, item := range items.Values {
		d.node(item, at(path, strconv.Itoa(i)), into.Index(i))
	}
}

// entries are the keys and values of a section; an empty section has none.
func (d *Document) entries(n ast.Node, path []string) []*ast.MappingValueNode {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}
	case *ast.NullNode:
		return nil
	}
	d.fault(placeOfNode(n), path, "must be a section of keys and values")
	return nil
}

func isParted(v reflect.Value) bool {
	_, ok := reflect.TypeAssert[Parted](v.Addr())
	return ok
}

func keyOf(entry *ast.MappingValueNode) string {
	if s, ok := entry.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return entry.Key.String()
}

func at(path []string, key string) []string { return append(slices.Clip(path), key) }

func placeOfNode(n ast.Node) place {
	// A mapping's own token is its first colon; its first key says it better.
	switch m := n.(type) {
	case *ast.MappingNode:
		if len(m.Values) > 0 {
			return placeOfNode(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return placeOfNode(m.Key)
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return place{}
	}
	return place{n.GetToken().Position.Line, n.GetToken().Position.Column}
}

func (d *Document) placeOf(err error) place {
	if positioned, ok := errors.AsType[yaml.Error](err); ok && positioned.GetToken() != nil {
		p := positioned.GetToken().Position
		return place{p.Line, p.Column}
	}
	return place{}
}

// firstLine leaves out the excerpt of the file, which might hold a secret.
func firstLine(err error) string {
	if positioned, ok := errors.AsType[yaml.Error](err); ok {
		return positioned.GetMessage()
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
