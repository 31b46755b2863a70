package conflict

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// deed is an event as the reference reads it.
type deed struct {
	t                         int64
	kind                      uint8
	who, session, edit        string
	version, base             int64
	fields, office            string
	hasFields, hasOffice, bot bool
	group                     string // the office as last heard of
}

// deeds are the events of a case before at, in order.
func deeds(s *Spec, events []event.Event, key string, at int64) []deed {
	kinds := map[string]uint8{}
	for _, r := range s.roles() {
		kinds[r.metric] = r.kind
	}
	var all []deed
	for _, e := range events {
		text := func(key string) string { v, _ := e.Tag(key); return v }
		d := deed{t: e.Time, kind: kinds[e.Metric], who: text("agentId"), session: text("sessionId"), edit: text("editId"), version: -1, base: -1}
		d.fields, d.hasFields = e.Tag("fields")
		d.office, d.hasOffice = e.Tag("office")
		d.bot = slices.Contains(s.Bots, d.who) || slices.Contains(s.BotValues, text(s.BotTag))
		if v, err := strconv.ParseInt(text("version"), 10, 64); err == nil {
			d.version = v
		}
		if v, err := strconv.ParseInt(text("baseVersion"), 10, 64); err == nil {
			d.base = v
		}
		named := text("caseId")
		if named == "" && d.kind == cleared {
			named = strings.TrimSuffix(text("conflictId"), "/L3")
		}
		anonymous := d.who == "" && d.kind != saved && d.kind != rejected && d.kind != assigned && d.kind != cleared
		machine := d.bot && d.kind != assigned && d.kind != cleared && (d.kind != saved || d.version < 0 && d.base < 0)
		kept := d.kind == assigned && text("fromAgentId") == d.who && d.who != ""
		if d.kind == 0 || named != key || e.Time >= at || anonymous || machine || kept {
			continue
		}
		if d.kind == saved && d.bot {
			d.kind, d.who = savedByBot, ""
		}
		if d.kind == cleared {
			d.who = ""
		}
		all = append(all, d)
	}
	slices.SortFunc(all, compareDeeds)
	group := ""
	for i := range all {
		if all[i].hasOffice {
			group = all[i].office
		}
		all[i].group = group
	}
	return all
}

// compareDeeds is the order of what happens in one instant: by what it is, and
// then by content, so that the order of arrival does not matter.
func compareDeeds(a, b deed) int {
	order := map[uint8]int{assigned: 0, absent: 1, editEnded: 1, savedByBot: 2, saved: 2, rejected: 3, editStarted: 4, present: 4, cleared: 5}
	numbers := func(d deed) (x, y int64) {
		switch d.kind {
		case saved, savedByBot:
			return d.version, (d.base+1)<<idBits | short(d.edit)
		case rejected:
			return d.base, 0
		case editStarted, editEnded:
			return short(d.edit), 0
		case present, absent:
			return short(d.session), 0
		}
		return 0, 0
	}
	ax, ay := numbers(a)
	bx, by := numbers(b)
	flag := func(has bool) int {
		if has {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(order[a.kind], order[b.kind]), cmp.Compare(a.kind, b.kind), cmp.Compare(ax, bx), cmp.Compare(ay, by),
		cmp.Compare(flag(a.hasOffice), flag(b.hasOffice)), cmp.Compare(a.office, b.office),
		cmp.Compare(flag(a.hasFields), flag(b.hasFields)), cmp.Compare(a.fields, b.fields), cmp.Compare(a.who, b.who))
}
