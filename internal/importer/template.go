package importer

import (
	"errors"
	"fmt"
	"strings"
)

// template is text with columns in braces: "{case_enquiry_id}/opened". "{{"
// stands for a brace. The zero template is no text at all.
type template struct{ parts []part }

// part is either literal text or a column.
type part struct {
	text   string
	column bool
}

func columnTemplate(name string) template { return template{[]part{{name, true}}} }

func constTemplate(text string) template { return template{[]part{{text, false}}} }

func parseTemplate(s string) (template, error) {
	var t template
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			t.parts = append(t.parts, part{text: literal.String()})
			literal.Reset()
		}
	}
	for s != "" {
		switch i := strings.IndexAny(s, "{}"); {
		case i < 0:
			literal.WriteString(s)
			s = ""
		case strings.HasPrefix(s[i:], "{{"), strings.HasPrefix(s[i:], "}}"):
			literal.WriteString(s[:i+1])
			s = s[i+2:]
		case s[i] == '}':
			return template{}, errors.New(`a "}" without its "{"; write "}}" for a brace`)
		default:
			literal.WriteString(s[:i])
			name, rest, closed := strings.Cut(s[i+1:], "}")
			if !closed || name == "" || strings.Contains(name, "{") {
				return template{}, fmt.Errorf(`"{" at character %d does not enclose a column name, as in {case_id}; write "{{" for a brace`, i+1)
			}
			flush()
			t.parts = append(t.parts, part{name, true})
			s = rest
		}
	}
	flush()
	return t, nil
}

func (t template) empty() bool { return len(t.parts) == 0 }

func (t template) columns() []string {
	var names []string
	for _, p := range t.parts {
		if p.column {
			names = append(names, p.text)
		}
	}
	return names
}
