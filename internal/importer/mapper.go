package importer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// place is where a row stands: its number in the file (1, 2, 3 ... without the
// header) and the line on which it begins.
type place struct{ row, line int }

// mapped is an event and what must be remembered of its origin.
type mapped struct {
	event.Event
	place
	file string
	// timeTags are the positions of tags that hold a time.
	timeTags []int
}

// mapper applies a Map to rows of values; it is for one goroutine and one file.
type mapper struct {
	m       *Map
	file    string
	index   map[string]int
	nulls   map[string]bool
	when    []*evaluator
	digest  hash.Hash
	values  []string
	odd     map[oddTime]int
	refuse  func(refusal)
	columns []string
}

// oddTime counts local times that occur twice or never.
type oddTime struct {
	column string
	kind   fold
}

func newMapper(m *Map, file string, hashKey string, refuse func(refusal)) *mapper {
	p := &mapper{
		m: m, file: file, refuse: refuse, columns: m.columns(),
		index: make(map[string]int), nulls: map[string]bool{"": true},
		digest: hmac.New(sha256.New, []byte(hashKey)), odd: make(map[oddTime]int),
	}
	for i, name := range p.columns {
		p.index[name] = i
	}
	for _, n := range m.Nulls {
		p.nulls[strings.TrimSpace(n)] = true
	}
	for i := range m.Events {
		var w *evaluator
		if c := m.Events[i].When; c != nil {
			w = newEvaluator(c)
		}
		p.when = append(p.when, w)
	}
	return p
}

func (p *mapper) text(column string) string { return p.values[p.index[column]] }

// row appends the events of one row to dst. What cannot be made is reported
// and left out; the row's other events stand.
func (p *mapper) row(dst []mapped, values []string, at place) []mapped {
	p.values = values
	for i, v := range values {
		if p.nulls[strings.TrimSpace(v)] {
			values[i] = ""
		}
	}
	for i := range p.m.Events {
		e, made, err := p.event(i, at)
		if err != nil {
			p.refuse(refusal{place: at, file: p.file, metric: p.m.Events[i].Metric, reason: err.Error()})
		} else if made {
			dst = append(dst, e)
		}
	}
	return dst
}

func (p *mapper) event(i int, at place) (mapped, bool, error) {
	def := &p.m.Events[i]
	e := mapped{place: at, file: p.file, Event: event.Event{Metric: def.Metric, Source: p.m.Source}}
	if p.when[i] != nil {
		if holds, err := p.when[i].holds(p.text); err != nil || !holds {
			return e, false, err
		}
	}
	var err error
	if e.Time, err = p.time(&def.Time); err != nil {
		return e, false, err
	}
	if e.Value, err = p.value(def.Value); err != nil {
		return e, false, err
	}
	if e.ID, err = p.id(def.ID, i, at); err != nil {
		return e, false, err
	}
	e.Tags = make([]event.Tag, 0, len(def.Tags))
	for _, t := range def.Tags {
		text, err := p.tag(t)
		if err != nil {
			return e, false, fmt.Errorf("tag %s: %w", t.key, err)
		}
		if text == "" {
			continue
		}
		if t.layout != nil {
			e.timeTags = append(e.timeTags, len(e.Tags))
		}
		e.Tags = append(e.Tags, event.Tag{Key: t.key, Value: text})
	}
	return e, true, nil
}

// expand fills a template in; a column without a value makes it absent.
func (p *mapper) expand(t template) (text string, missing string) {
	if len(t.parts) == 1 && t.parts[0].column {
		if v := p.text(t.parts[0].text); v != "" {
			return v, ""
		}
		return "", t.parts[0].text
	}
	var b strings.Builder
	for _, part := range t.parts {
		if !part.column {
			b.WriteString(part.text)
			continue
		}
		v := p.text(part.text)
		if v == "" {
			return "", part.text
		}
		b.WriteString(v)
	}
	return b.String(), ""
}

func (p *mapper) time(t *timeMap) (int64, error) {
	var missing []string
	for _, source := range t.texts {
		text, none := p.expand(source)
		if none != "" {
			missing = append(missing, none)
			continue
		}
		at, err := p.instant(t.layout, source, text)
		if err != nil {
			return 0, fmt.Errorf("time: %w", err)
		}
		return event.Millis(at), nil
	}
	return 0, fmt.Errorf("time: %s has no value; where that is usual, say so with when", strings.Join(missing, " and "))
}

func (p *mapper) instant(l *layout, source template, text string) (time.Time, error) {
	at, kind, err := l.read(text, p.m.Zone)
	if kind != once {
		p.odd[oddTime{strings.Join(source.columns(), "+"), kind}]++
	}
	return at, err
}

func (p *mapper) value(v valueMap) (float64, error) {
	if v.column == "" {
		return v.constant, nil
	}
	text := strings.TrimSpace(p.text(v.column))
	if text == "" {
		return 0, fmt.Errorf("value: %s has no value", v.column)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, fmt.Errorf("value: %q in %s is not a finite number", text, v.column)
	}
	return n, nil
}

func (p *mapper) id(t template, event int, at place) (string, error) {
	if t.empty() {
		return fmt.Sprintf("%s:%d/%d", p.file, at.row, event), nil
	}
	text, missing := p.expand(t)
	if missing != "" {
		return "", fmt.Errorf("id: %s has no value", missing)
	}
	if !utf8.ValidString(text) {
		return "", errNotUTF8
	}
	return text, nil
}

func (p *mapper) tag(t tagMap) (string, error) {
	text, missing := p.expand(t.text)
	switch {
	case missing != "":
		return "", nil
	case t.hash:
		return p.pseudonym(text), nil
	case t.layout != nil:
		at, err := p.instant(t.layout, t.text, text)
		if err != nil {
			return "", err
		}
		return at.UTC().Format(time.RFC3339Nano), nil
	case !utf8.ValidString(text):
		return "", errNotUTF8
	}
	return text, nil
}

// pseudonym stands for a name: always the same one, but not the name.
func (p *mapper) pseudonym(name string) string {
	p.digest.Reset()
	p.digest.Write([]byte(name))
	return hex.EncodeToString(p.digest.Sum(nil)[:8])
}

var errNotUTF8 = fmt.Errorf("the text is not UTF-8; convert the file first, for example with iconv -f WINDOWS-1252 -t UTF-8")

// notes tells of local times that were decided by rule.
func (p *mapper) notes() []string {
	var notes []string
	for odd, n := range p.odd {
		rule := "occur twice in " + p.m.Zone.String() + " (end of summer time), taken as the first occurrence"
		if odd.kind == neverWas {
			rule = "do not exist in " + p.m.Zone.String() + " (start of summer time), moved forward by the hour that was skipped"
		}
		notes = append(notes, fmt.Sprintf("%s: times in %s that %s: %s", p.file, odd.column, rule, grouped(n)))
	}
	slices.Sort(notes)
	return notes
}
