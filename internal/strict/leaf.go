package strict

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// leaf fills what is no section: a text, a number, a list of them, or a value
// that reads itself.
func (d *Document) leaf(n ast.Node, path []string, into reflect.Value) {
	d.inner(n, path)
	if isWhole(into.Kind()) && isBroken(n) { // the decoder would cut it off
		d.fault(placeOfNode(n), path, wanted(into))
		return
	}
	err := yaml.NodeToValue(n, into.Addr().Interface(), yaml.Strict())
	if err == nil {
		return
	}
	if faults := faultsOf(err); len(faults) > 0 {
		d.Place(faults.Under(path...))
		return
	}
	detail := wanted(into)
	if detail == "" || decodesItself(into) {
		detail = firstLine(err)
	}
	d.fault(placeOfNode(n), path, detail)
}

// inner notes the places of what is in a list or a section, for faults that are
// found there later.
func (d *Document) inner(n ast.Node, path []string) {
	switch n := n.(type) {
	case *ast.SequenceNode:
		for i, item := range n.Values {
			d.places[key(at(path, strconv.Itoa(i)))] = placeOfNode(item)
			d.inner(item, at(path, strconv.Itoa(i)))
		}
	case *ast.MappingNode:
		for _, entry := range n.Values {
			d.inner(entry, path)
		}
	case *ast.MappingValueNode:
		d.places[key(at(path, keyOf(n)))] = placeOfNode(n.Key)
		d.inner(n.Value, at(path, keyOf(n)))
	}
}

func key(path []string) string { return strings.Join(path, pathSeparator) }

// faultsOf are the faults that a value which reads itself found, each with the
// keys that lead to it from there; none where the error says no more than itself.
func faultsOf(err error) (faults fault.List) {
	if one, ok := errors.AsType[fault.Fault](err); ok {
		faults = fault.List{one}
	}
	joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err)
	if !ok {
		return faults
	}
	faults = nil
	for _, e := range joined.Unwrap() {
		if one, ok := errors.AsType[fault.Fault](e); ok {
			faults = append(faults, one)
		}
	}
	return faults
}

// wanted says in words what a place takes, "" where that is not known.
func wanted(into reflect.Value) string {
	if into.Type() == reflect.TypeFor[time.Duration]() {
		return "must be a duration, as in 90s, 10m or 24h"
	}
	switch into.Kind() {
	case reflect.String:
		return "must be a text"
	case reflect.Bool:
		return "must be true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "must be a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "must be a whole number, 0 or more"
	case reflect.Float32, reflect.Float64:
		return "must be a number"
	case reflect.Slice:
		if into.Type().Elem().Kind() == reflect.String {
			return "must be a list of texts, as in [a, b]"
		}
		return "must be a list"
	}
	return ""
}

func isWhole(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Uint64 }

func isBroken(n ast.Node) bool {
	f, ok := n.(*ast.FloatNode)
	return ok && f.Value != math.Trunc(f.Value)
}

func decodesItself(v reflect.Value) bool {
	switch v.Addr().Interface().(type) {
	case yaml.BytesUnmarshaler, yaml.InterfaceUnmarshaler:
		return true
	}
	return false
}
