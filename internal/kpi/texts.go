package kpi

import "github.com/hms-ops/hms-monitor/internal/event"

// Texts reads the codes of a tag where an empty text says as little as none: a
// sender's caseId of "" must not make one case of all that came without.
type Texts struct {
	column *event.TagColumn
	empty  uint32
}

// Texts prepares reading a tag of the block.
func (b *Batch) Texts(tag string) Texts {
	t := Texts{column: b.Tag(tag)}
	if t.column != nil {
		t.empty, _ = t.column.Code("")
	}
	return t
}

// Row is the block's code of a row's text, event.Absent where it has none or an
// empty one.
func (t *Texts) Row(row int) uint32 {
	if t.column == nil {
		return event.Absent
	}
	if code := t.column.Codes[row]; code != t.empty {
		return code
	}
	return event.Absent
}

// Code is the block's code of a text; false where no row holds it.
func (t *Texts) Code(text string) (uint32, bool) {
	if t.column == nil {
		return event.Absent, false
	}
	return t.column.Code(text)
}
