package notify

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// document is the Alertmanager's file with the places of what it holds. Its own
// decoder gives lines for faults of form only, and some of its errors quote
// secrets.
type document struct {
	file    string
	text    []byte
	scalars []scalar
	faults  fault.List
}

// scalar is a value of the file: what it is, under which key, on which line.
type scalar struct {
	key, value string
	line       int
}

func newDocument(file string, text []byte) *document {
	d := &document{file: file, text: text}
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return d // the Alertmanager's own decoder says what is wrong
	}
	for _, doc := range parsed.Docs {
		d.collect("", doc.Body)
	}
	return d
}

func (d *document) collect(key string, node ast.Node) {
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			d.collect(key, v)
		}
	case *ast.MappingValueNode:
		d.collect(n.Key.String(), n.Value)
	case *ast.SequenceNode:
		for _, v := range n.Values {
			d.collect(key, v)
		}
	case *ast.AnchorNode:
		d.collect(key, n.Value)
	case *ast.TagNode:
		d.collect(key, n.Value)
	case ast.ScalarNode:
		if at := n.GetToken(); at != nil {
			d.scalars = append(d.scalars, scalar{key, fmt.Sprint(n.GetValue()), at.Position.Line})
		}
	}
}

// find gives the line of the value under key, 0 where it is not found.
func (d *document) find(key, value string) int {
	i := slices.IndexFunc(d.scalars, func(s scalar) bool { return s.key == key && s.value == value })
	if i < 0 {
		return 0
	}
	return d.scalars[i].line
}

// add notes a fault of the file; line 0 means that the place is unknown.
func (d *document) add(line int, detail string) {
	where := filepath.Base(d.file)
	if line > 0 {
		where += ":" + strconv.Itoa(line)
	}
	d.faults.Add(where+": "+d.scrub(detail), "alertmanager")
}

var (
	yamlLine  = regexp.MustCompile(`^\s*(?:yaml: )?line (\d+): (.*)$`)
	quoted    = regexp.MustCompile(`"([^"]+)"`)
	address   = regexp.MustCompile(`\baddress (\S+): `)
	yamlPlain = regexp.MustCompile(`(in|into) type config\.plain`)
)

// yaml notes what the Alertmanager's decoder found: several faults with their
// lines, or one that quotes what it is about.
func (d *document) yaml(err error) {
	text := yamlPlain.ReplaceAllString(err.Error(), "here")
	if rest, several := strings.CutPrefix(text, "yaml: unmarshal errors:\n"); several {
		text = rest
	}
	for detail := range strings.SplitSeq(text, "\n") {
		if m := yamlLine.FindStringSubmatch(detail); m != nil {
			line, _ := strconv.Atoi(m[1])
			d.add(line, m[2])
			continue
		}
		d.add(d.mentioned(detail), strings.TrimPrefix(detail, "yaml: "))
	}
}

// mentioned is the line of the first value that a message quotes, or of the
// first address that it may be about.
func (d *document) mentioned(detail string) int {
	for _, m := range append(quoted.FindAllStringSubmatch(detail, -1), address.FindAllStringSubmatch(detail, -1)...) {
		for _, s := range d.scalars {
			if s.value == m[1] {
				return s.line
			}
		}
	}
	if strings.Contains(detail, "URL") {
		for _, s := range d.scalars {
			if strings.HasSuffix(s.key, "url") && !isURL(s.value) {
				return s.line
			}
		}
	}
	return 0
}

func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// secretKey holds for keys whose values must not be repeated.
var secretKey = regexp.MustCompile(`(?i)password|secret|token|credential|_key$|webhook_url$|api_url$|^url$|bearer|proxy_url`)

// scrub takes secrets of the file out of a message. The decoder shortens long
// values to seven bytes, so their beginnings go as well.
func (d *document) scrub(detail string) string {
	for _, s := range d.scalars {
		if len(s.value) < 4 || !secretKey.MatchString(s.key) || strings.HasSuffix(s.key, "_file") {
			continue
		}
		detail = strings.ReplaceAll(detail, s.value, "<secret>")
		if len(s.value) > 10 {
			detail = strings.ReplaceAll(detail, s.value[:7]+"...", "<secret>")
		}
	}
	return detail
}
