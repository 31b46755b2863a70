package conflict

import (
	"math"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// The reference goes through a case millisecond by millisecond and knows nothing
// of what is to come: no facts, no timers, no dictionaries.

// episode is one of a level, as it stands at the instant asked about.
type episode struct {
	start, over int64
	open        bool
	group       string
}

type moment struct {
	t     int64
	group string
}

// story is what the reference finds in a case.
type story struct {
	episodes [levels][]episode
	edits    []moment
	pairs    []moment
}

func tell(s *Spec, events []event.Event, key string, at int64) (found story) {
	all := deeds(s, events, key, at)
	found.episodes[coPresence] = togetherOf(s, all, at)
	found.episodes[nearMiss] = nearMisses(s, all, at)
	found.episodes[averted] = avertedOf(s, all)
	found.episodes[confirmed] = lostOf(s, all)
	found.episodes[proxy], found.pairs = proxies(s, all, at)
	for _, d := range all {
		if d.kind == saved {
			found.edits = append(found.edits, moment{d.t, d.group})
		}
	}
	return found
}

// hold begins an episode or goes on with the last one.
func hold(all []episode, within int64, t int64, group string) []episode {
	if n := len(all); n > 0 && (all[n-1].open || t-all[n-1].over <= within) {
		all[n-1].open = true
		return all
	}
	return append(all, episode{start: t, open: true, group: group})
}

func release(all []episode, t int64) {
	if n := len(all); n > 0 && all[n-1].open {
		all[n-1].open, all[n-1].over = false, t
	}
}

// handed reports whether the last assignment before the i-th event gave the case
// to who, at since or later.
func handed(all []deed, i int, who string, since int64) bool {
	for i--; i >= 0; i-- {
		if all[i].kind == assigned {
			return all[i].t >= since && (all[i].who == "" || all[i].who == who)
		}
	}
	return false
}

func togetherOf(s *Spec, all []deed, at int64) (found []episode) {
	// there reports whether two agents are there at t, as far as event n tells.
	there := func(t int64, n int) bool {
		who := map[string]bool{}
		for i, d := range all[:n] {
			if d.kind != present || t < d.t || t >= d.t+ms(s.Lease) {
				continue
			}
			ended := slices.ContainsFunc(all[i+1:n], func(e deed) bool {
				return e.kind == absent && e.who == d.who && (e.session == "" || d.session == "" || e.session == d.session)
			})
			if !ended {
				who[d.who] = true
			}
		}
		return len(who) > 1
	}
	n := 0
	for t := range at {
		if !there(t, n) {
			release(found, t)
		}
		for n < len(all) && all[n].t == t {
			n++
			if there(t, n) {
				found = hold(found, ms(s.ProxyWithin), t, all[n-1].group)
			} else {
				release(found, t)
			}
		}
	}
	return found
}

type spanning struct {
	who, id     string
	start, seen int64
	excused     int64
}

func nearMisses(s *Spec, all []deed, at int64) (found []episode) {
	within, near, expiry := ms(s.ProxyWithin), ms(s.NearMiss), ms(s.EditExpiry)
	var under []spanning // way
	var last int64
	who, group, n := "", "", 0
	// inWay is since when two edits have been in each other's way.
	inWay := func() (since int64, ok bool) {
		for i, a := range under {
			for _, b := range under[i+1:] {
				if a.who != b.who && a.start > b.excused && b.start > a.excused {
					if o := max(a.start, b.start); !ok || o < since {
						since, ok = o, true
					}
				}
			}
		}
		return since, ok
	}
	isOpen := func() bool { return len(found) > 0 && found[len(found)-1].open }
	drop := func(t int64, gone func(spanning) bool) {
		_, before := inWay()
		under = slices.DeleteFunc(under, gone)
		if _, after := inWay(); isOpen() && before && !after {
			last, who = t, ""
			for _, e := range under {
				if e.who != under[0].who {
					return
				}
			}
			if len(under) > 0 {
				who = under[0].who
			}
		}
	}
	for t := range at {
		drop(t, func(e spanning) bool { return e.seen+expiry <= t })
		for ; n < len(all) && all[n].t == t; n++ {
			d := all[n]
			group = d.group
			if (d.kind == editStarted || d.kind == saved) && d.who != "" && isOpen() && d.who != who && !handed(all, n, d.who, last) {
				last, who = t, d.who
			}
			switch d.kind {
			case editStarted:
				if i := slices.IndexFunc(under, func(e spanning) bool { return e.who == d.who && e.id == d.edit }); i >= 0 {
					under[i].seen = t
					continue
				}
				e := spanning{d.who, d.edit, t, t, math.MinInt64}
				for i := n - 1; i >= 0; i-- {
					if all[i].kind == assigned {
						if all[i].who == "" || all[i].who == d.who {
							e.excused = all[i].t
						}
						break
					}
				}
				under = append(under, e)
			case saved, editEnded:
				if d.who != "" {
					drop(t, func(e spanning) bool { return e.who == d.who && (d.edit == "" || e.id == "" || e.id == d.edit) })
				}
			}
		}
		since, hot := inWay()
		if hot && !isOpen() && t >= since+near {
			found = append(found, episode{start: t, open: true, group: group})
			last, who = t, ""
		}
		if isOpen() && !hot && t == last+within {
			release(found, last)
		}
	}
	return found
}

// versioned are the saves that tell a version, numbered where they do not.
func versioned(all []deed) []deed {
	var found []deed
	top := int64(0)
	for _, d := range all {
		if d.kind != saved && d.kind != savedByBot || d.version < 0 && d.base < 0 {
			d.version = -1
		} else if d.version < 0 {
			d.version = max(top, d.base) + 1
		}
		if d.kind == saved || d.kind == savedByBot {
			top = max(top, d.version, d.base)
		}
		found = append(found, d)
	}
	return found
}

func intersecting(a, b deed) bool {
	x, y := strings.FieldsFunc(a.fields, func(c rune) bool { return c == ',' || c == ' ' }), strings.FieldsFunc(b.fields, func(c rune) bool { return c == ',' || c == ' ' })
	return len(x) == 0 || len(y) == 0 || slices.ContainsFunc(x, func(f string) bool { return slices.Contains(y, f) })
}

func lostOf(s *Spec, all []deed) (found []episode) {
	numbered := versioned(all)
	lostAt, top := int64(0), int64(0)
	for n, d := range numbered {
		if d.kind == cleared {
			release(found, d.t)
		}
		if d.version < 0 || d.kind != saved && d.kind != savedByBot {
			continue
		}
		stale, hit := d.base < 0 || d.version > top && d.base < top, int64(-1)
		for _, o := range numbered[:n] {
			if o.version < 0 || o.kind != saved && o.kind != savedByBot {
				continue
			}
			people := o.who != "" && d.who != "" && o.who != d.who && intersecting(o, d)
			if d.base >= 0 && d.base < o.version && o.version <= d.version {
				stale = true
				if people && !handed(all, n, d.who, o.t) {
					hit = max(hit, d.version)
				}
			} else if o.base >= 0 && o.base < d.version && d.version < o.version && people && !handed(all, n, o.who, d.t) {
				hit = max(hit, o.version)
			}
		}
		if !stale && d.kind == saved && d.version > lostAt {
			release(found, d.t)
		}
		if hit >= 0 {
			found, lostAt = hold(found, ms(s.ProxyWithin), d.t, d.group), max(lostAt, hit)
		}
		top = max(top, d.version, d.base)
	}
	return found
}

func avertedOf(s *Spec, all []deed) (found []episode) {
	numbered := versioned(all)
	last := int64(math.MinInt64 / 2)
	for n, d := range all {
		if d.kind != rejected {
			continue
		}
		between, others := false, false
		for _, o := range numbered[:n] {
			if (o.kind == saved || o.kind == savedByBot) && d.base >= 0 && o.version > d.base {
				between = true
				others = others || o.who != "" && o.who != d.who && !handed(all, n, d.who, o.t)
			}
		}
		if between && !others {
			continue
		}
		if d.t-last > ms(s.ProxyWithin) {
			found = append(found, episode{start: d.t, over: d.t, group: d.group})
		}
		last = d.t
	}
	return found
}

func proxies(s *Spec, all []deed, at int64) (found []episode, pairs []moment) {
	within := ms(s.ProxyWithin)
	var line []deed // agents' saves, those that came behind a newer version left out
	for n, d := range all {
		if d.kind != saved || d.who == "" {
			continue
		}
		var before *deed
		if len(line) > 0 {
			before = &line[len(line)-1]
		}
		if before != nil && d.version >= 0 && d.version < before.version {
			before = nil
			for i, o := range versioned(all)[:n] {
				if o.kind == saved && o.who != "" && o.version >= 0 && o.version < d.version && (before == nil || o.version >= before.version) {
					o := all[i]
					o.version = versioned(all)[i].version
					before = &o
				}
			}
		} else {
			line = append(line, d)
		}
		if before == nil || before.who == d.who || d.t-before.t > within || handed(all, n, d.who, before.t) {
			continue
		}
		pairs = append(pairs, moment{d.t, d.group})
		if k := len(found); k > 0 && d.t-found[k-1].over <= within {
			found[k-1].over = d.t
		} else {
			found = append(found, episode{start: d.t, over: d.t, group: d.group})
		}
	}
	if k := len(found); k > 0 && found[k-1].over+within >= at {
		found[k-1].open = true
	}
	return found, pairs
}

// survival is the product-limit estimate, term by term.
func survival(ended, censored []float64, p float64) float64 {
	share := 1.0
	all := slices.Clone(ended)
	slices.Sort(all)
	for _, t := range slices.Compact(all) {
		died, risk := 0.0, 0.0
		for _, x := range ended {
			if x == t {
				died++
			}
			if x >= t {
				risk++
			}
		}
		for _, x := range censored {
			if x >= t {
				risk++
			}
		}
		if share *= 1 - died/risk; share <= 1-p+1e-9 {
			return t
		}
	}
	return math.NaN()
}
