package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/agnivade/levenshtein"
)

// decoding walks the file beside the structs that it fills, so that unknown
// keys and wrong types are all found in one go, each with its place.
type decoding struct {
	file   string
	faults []error
	places map[string]place // by the keys that lead there
}

type place struct{ line, column int }

const pathSeparator = "\x00"

func (d *decoding) fault(at place, path []string, detail string) {
	where := d.file
	if at.line > 0 {
		where += fmt.Sprintf(":%d:%d", at.line, at.column)
	}
	if len(path) > 0 {
		where += ": " + strings.Join(path, ".")
	}
	d.faults = append(d.faults, fmt.Errorf("%s: %s", where, detail))
}

// nearest is the place of a path, or of the closest section around it.
func (d *decoding) nearest(path []string) place {
	for n := len(path); n > 0; n-- {
		if p, ok := d.places[strings.Join(path[:n], pathSeparator)]; ok {
			return p
		}
	}
	return place{}
}

func (d *decoding) document(text []byte, c *Config) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		d.fault(d.placeOf(err), nil, firstLine(err))
		return
	}
	switch {
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		return // an empty file is all defaults
	case len(file.Docs) > 1:
		d.fault(placeOfNode(file.Docs[1].Body), nil, "a second document: the configuration is one")
		return
	}
	d.node(file.Docs[0].Body, nil, reflect.ValueOf(c).Elem())
}

func (d *decoding) node(n ast.Node, path []string, into reflect.Value) {
	d.places[strings.Join(path, pathSeparator)] = placeOfNode(n)
	switch {
	case decodesItself(into):
		d.leaf(n, path, into)
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

func (d *decoding) member(entry *ast.MappingValueNode, path []string, into reflect.Value) {
	name := keyOf(entry)
	var known []string
	for i := range into.NumField() {
		tag, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("yaml"), ",")
		if tag == name {
			d.node(entry.Value, at(path, name), into.Field(i))
			d.places[strings.Join(at(path, name), pathSeparator)] = placeOfNode(entry.Key)
			return
		}
		known = append(known, tag)
	}
	d.fault(placeOfNode(entry.Key), at(path, name), "is not a key here"+suggestion(name, known))
}

func (d *decoding) list(n ast.Node, path []string, into reflect.Value) {
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

func (d *decoding) leaf(n ast.Node, path []string, into reflect.Value) {
	if err := yaml.NodeToValue(n, into.Addr().Interface(), yaml.Strict()); err != nil {
		d.fault(placeOfNode(n), path, firstLine(err))
	}
}

// entries are the keys and values of a section; an empty section has none.
func (d *decoding) entries(n ast.Node, path []string) []*ast.MappingValueNode {
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

func decodesItself(v reflect.Value) bool {
	switch v.Addr().Interface().(type) {
	case yaml.BytesUnmarshaler, yaml.InterfaceUnmarshaler:
		return true
	}
	return false
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

func (d *decoding) placeOf(err error) place {
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

func suggestion(name string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if n := levenshtein.ComputeDistance(name, k); n < distance {
			best, distance = k, n
		}
	}
	if best == "" {
		return "; there are " + strings.Join(known, ", ")
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
