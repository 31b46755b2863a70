package conflict

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// rows reads the rows of a block. What a tag's texts mean is found once for each
// text of the block.
type rows struct {
	spec   *Spec
	agents *facts.Dict

	agent, from    reading[uint32] // codes of agents
	listed, marked reading[bool]   // machines
	session, edit  reading[int64]
	version, base  reading[int64] // one more than the number, 0 where there is none
	conflict       *event.TagColumn
}

// reading is the column of a tag, with what those of its texts mean that were met.
type reading[T any] struct {
	column *event.TagColumn
	mean   func(string) T
	met    []bool
	values []T
}

func (r *reading[T]) use(c *event.TagColumn) {
	r.column, r.met = c, r.met[:0]
	if c != nil {
		r.met = append(r.met, make([]bool, len(c.Words))...)
		r.values = slices.Grow(r.values[:0], len(c.Words))[:len(c.Words)]
	}
}

// row is what a row's text means; the zero value where the column is not there.
func (r *reading[T]) row(i int) (v T) {
	if r.column == nil {
		return v
	}
	word := r.column.Codes[i]
	if !r.met[word] {
		r.met[word], r.values[word] = true, r.mean(r.column.Words[word])
	}
	return r.values[word]
}

func newRows(s *Spec, agents *facts.Dict) *rows {
	r := &rows{spec: s, agents: agents}
	r.agent.mean, r.from.mean = r.code, r.code
	r.listed.mean = func(text string) bool { return slices.Contains(s.Bots, text) }
	r.marked.mean = func(text string) bool { return slices.Contains(s.BotValues, text) }
	r.session.mean, r.edit.mean = short, short
	r.version.mean, r.base.mean = number, number
	return r
}

// use makes b the block whose rows are read; kinds are those that occur.
func (r *rows) use(b *kpi.Batch, kinds []uint8) {
	s := r.spec
	has := func(some ...uint8) bool {
		return slices.ContainsFunc(some, func(k uint8) bool { return slices.Contains(kinds, k) })
	}
	agents := b.Tag(s.Agent)
	r.agent.use(agents)
	r.listed.use(agents)
	r.marked.use(b.Tag(s.BotTag))
	if has(present, absent) {
		r.session.use(b.Tag(s.Session))
	}
	if has(saved, editStarted, editEnded) {
		r.edit.use(b.Tag(s.EditID))
	}
	if has(saved, rejected) {
		r.version.use(b.Tag(s.Version))
		r.base.use(b.Tag(s.BaseVersion))
	}
	if has(assigned) {
		r.from.use(b.Tag(s.FromAgent))
	}
	if has(cleared) {
		r.conflict = b.Tag(s.ConflictID)
	}
}

// read makes ev the event of a row, but for what every event has; false where it
// is none of an agent.
func (r *rows) read(row int, ev *fold.Event) bool {
	ev.Who = r.agent.row(row)
	machine := r.listed.row(row) || r.marked.row(row)
	switch ev.Kind {
	case assigned: // whoever does it, Who is the one it is assigned to
		from := r.from.row(row)
		return from == 0 || from != ev.Who
	case cleared:
		ev.Who = 0
		return true
	case saved:
		ev.A, ev.B = r.version.row(row), r.base.row(row)<<idBits|r.edit.row(row)
		if machine {
			ev.Kind, ev.Who = savedByBot, 0
			return ev.A != 0 || ev.B>>idBits != 0
		}
		return true
	case rejected:
		ev.A = r.base.row(row)
		return !machine
	case present, absent:
		ev.A = r.session.row(row)
	default:
		ev.A = r.edit.row(row)
	}
	return ev.Who != 0 && !machine
}

// named is the case of an event without one that names a conflict, as in C-1 or
// C-1/L3; 0 where there is none.
func (r *rows) named(b *kpi.Batch, row int, kind uint8) uint32 {
	if kind != cleared || r.conflict == nil {
		return 0
	}
	name := r.conflict.Text(row)
	if i := strings.LastIndexByte(name, '/'); i >= 0 && slices.Contains(levelNames[:], name[i+1:]) {
		if name[i+1:] != levelNames[confirmed] {
			return 0
		}
		name = name[:i]
	}
	if name == "" {
		return 0
	}
	return b.Code(r.spec.Key, name)
}

// code is the code of an agent, 0 for the empty text.
func (r *rows) code(text string) uint32 {
	if text == "" {
		return 0
	}
	return r.agents.Code(text)
}

// number is one more than a version, 0 where the text is none.
func number(text string) int64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > maxVersion {
		return 0
	}
	return int64(n) + 1 //nolint:gosec // checked above
}

// short stands for an id in as few bits as tell the ids of one agent on one case
// apart; 0 for none.
func short(id string) int64 {
	if id == "" {
		return 0
	}
	hash := uint32(2166136261) // FNV-1a
	for i := range len(id) {
		hash = (hash ^ uint32(id[i])) * 16777619
	}
	return 1 + int64(hash%(1<<idBits-1))
}
