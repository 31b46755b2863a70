package formula

import (
	"cmp"
	"fmt"
	"strings"
)

// Fault is what is wrong with an expression, and where: the line and column,
// counted from 1 in characters, and the text that stands there.
type Fault struct {
	Line, Column int
	Detail       string
	Here         string
}

func (f Fault) Error() string {
	if f.Here == "" {
		return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Detail)
	}
	return fmt.Sprintf("%d:%d: %s (at: %s)", f.Line, f.Column, f.Detail, f.Here)
}

func (f Fault) compare(o Fault) int {
	return cmp.Or(cmp.Compare(f.Line, o.Line), cmp.Compare(f.Column, o.Column))
}

const excerpt = 32

// faultAt is a fault at a character of text, counted from 0.
func faultAt(text string, at int, detail string) Fault {
	f := Fault{Line: 1, Column: 1, Detail: detail}
	rest := text
	for i, r := range text {
		if at == 0 {
			rest = text[i:]
			break
		}
		at--
		f.Column++
		if r == '\n' {
			f.Line++
			f.Column = 1
		}
		rest = text[len(text):]
	}
	line, _, _ := strings.Cut(rest, "\n")
	if runes := []rune(line); len(runes) > excerpt {
		line = string(runes[:excerpt]) + "..."
	}
	f.Here = strings.TrimSpace(line)
	return f
}
