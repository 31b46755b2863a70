package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// mapReader walks the syntax tree of a map file, so that every fault has its
// line and the keys that lead to it, and all are found in one go.
type mapReader struct {
	file   string
	faults []MapFault
}

type yamlNode = ast.Node

// yamlField is a value in the tree and where it is.
type yamlField struct {
	node yamlNode
	line int
	path []string
}

func (f yamlField) isMapping() bool {
	switch f.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

func (f yamlField) isSequence() bool {
	_, ok := f.node.(*ast.SequenceNode)
	return ok
}

func (r *mapReader) fault(line int, path []string, detail string) {
	if len(path) == 0 {
		path = []string{"map"}
	}
	r.faults = append(r.faults, MapFault{File: r.file, Line: line, Fault: fault.Fault{Path: path, Detail: detail}})
}

func (r *mapReader) lineOf(node yamlNode) int {
	if node != nil && node.GetToken() != nil && node.GetToken().Position != nil {
		return node.GetToken().Position.Line
	}
	return 1
}

// entries gives the values of a mapping in their order.
func (r *mapReader) entries(at yamlField) []yamlField {
	var pairs []*ast.MappingValueNode
	switch n := at.node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		r.fault(at.line, at.path, "key: value pairs are expected here")
		return nil
	}
	var fields []yamlField
	for _, pair := range pairs {
		line := r.lineOf(pair.Key)
		key := pair.Key.GetToken().Value
		if key == "" || key == "<<" {
			r.fault(line, at.path, fmt.Sprintf("%q cannot be a key here", key))
			continue
		}
		fields = append(fields, yamlField{node: pair.Value, line: line, path: under(at.path, key)})
	}
	return fields
}

// mapping reads a mapping whose keys are all known; nil where it is none.
func (r *mapReader) mapping(node yamlNode, path []string, known ...string) map[string]yamlField {
	at := yamlField{node: node, line: r.lineOf(node), path: path}
	if !at.isMapping() {
		r.fault(at.line, path, "key: value pairs are expected here: "+strings.Join(known, ", "))
		return nil
	}
	fields := make(map[string]yamlField)
	for _, f := range r.entries(at) {
		key := f.path[len(f.path)-1]
		if !slices.Contains(known, key) {
			r.fault(f.line, f.path, "unknown key; known here: "+strings.Join(known, ", "))
			continue
		}
		fields[key] = f
	}
	return fields
}

func (r *mapReader) sequence(at yamlField) []yamlField {
	list, ok := at.node.(*ast.SequenceNode)
	if !ok {
		r.fault(at.line, at.path, "a list is expected here")
		return nil
	}
	var fields []yamlField
	for i, item := range list.Values {
		fields = append(fields, yamlField{node: item, line: r.lineOf(item), path: under(at.path, strconv.Itoa(i))})
	}
	return fields
}

// text gives any scalar as it was written.
func (r *mapReader) text(at yamlField) string {
	switch n := at.node.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return strings.TrimRight(n.Value.Value, "\n")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value
	}
	r.fault(at.line, at.path, "a text or number is expected here")
	return ""
}

func (r *mapReader) boolean(at yamlField) bool {
	if n, ok := at.node.(*ast.BoolNode); ok {
		return n.Value
	}
	r.fault(at.line, at.path, "true or false is expected here")
	return false
}

func under(path []string, key string) []string {
	return append(slices.Clip(slices.Clone(path)), key)
}
