package alert

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// snapshotVersion leads every snapshot; change it with the layout.
const snapshotVersion = 3

// Snapshot is the engine's state, to be stored together with the events up to
// here. It leaves out series that are ok and wait for nothing: they are as if
// never seen.
func (e *Engine) Snapshot() ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := []byte{snapshotVersion}
	out = binary.AppendUvarint(out, e.last.Seq)
	out = binary.AppendUvarint(out, uint64(e.last.N))
	out = binary.AppendVarint(out, e.clock)
	out = binary.AppendUvarint(out, uint64(len(e.watches)))
	for _, w := range e.watches {
		rule, err := json.Marshal(w.Rule)
		if err != nil {
			return nil, fmt.Errorf("snapshot of threshold %q: %w", w.Name, err)
		}
		out = binary.AppendUvarint(out, uint64(len(rule)))
		out = append(out, rule...)
		out = binary.AppendUvarint(out, uint64(len(w.series)-w.idle.Len()))
		for _, key := range slices.Sorted(maps.Keys(w.series)) {
			if s := w.series[key]; s.idle == nil {
				out = s.append(out)
			}
		}
	}
	standing, err := json.Marshal(e.book.list())
	if err != nil {
		return nil, fmt.Errorf("snapshot of the rules' series: %w", err)
	}
	out = binary.AppendUvarint(out, uint64(len(standing)))
	return append(out, standing...), nil
}

func (s *series) append(out []byte) []byte {
	out = binary.AppendUvarint(out, uint64(len(s.key)))
	out = append(out, s.key...)
	out = append(out, byte(s.state))
	out = binary.LittleEndian.AppendUint64(out, math.Float64bits(s.value))
	out = binary.AppendVarint(out, s.time)
	out = binary.AppendVarint(out, s.since)
	for at := warn; at < severities; at++ {
		out = s.pending[at].append(out)
	}
	out = s.leaving.append(out)
	silent := byte(0)
	if s.silent {
		silent = 1
	}
	out = append(out, byte(s.to), silent)
	out = binary.AppendVarint(out, s.heard)
	out = binary.AppendUvarint(out, uint64(len(s.seen)))
	return append(out, s.seen...)
}

func (p pending) append(out []byte) []byte {
	if !p.holds {
		return append(out, 0)
	}
	out = append(out, 1)
	out = binary.AppendVarint(out, p.since)
	return binary.AppendVarint(out, p.deadline)
}

// Restore takes the state of a snapshot over in place of the present one.
// Series of rules that have changed since are treated as by Reload. On an
// error the engine is as it was.
func (e *Engine) Restore(snapshot []byte) error {
	d := reader{rest: snapshot}
	version := d.byte()
	if v := version; (v < 1 || v > snapshotVersion) && d.err == nil {
		return fmt.Errorf("state of thresholds: it has version %d, this program reads %d", v, snapshotVersion)
	}
	last := Position{Seq: d.uvarint()}
	n := d.uvarint()
	if n > math.MaxUint32 {
		d.fail()
	}
	last.N = uint32(n)
	clock := d.varint()
	type kept struct {
		rule   Rule
		series []*series
	}
	var all []kept
	for range d.count() {
		var k kept
		if err := json.Unmarshal(d.take(d.uvarint()), &k.rule); err != nil {
			d.fail()
		}
		for range d.count() {
			k.series = append(k.series, d.series(&k.rule, version))
		}
		all = append(all, k)
		if d.err != nil {
			break
		}
	}
	var standing []Transition
	if version > 1 { // before, there were thresholds only
		if err := json.Unmarshal(d.take(d.uvarint()), &standing); err != nil {
			d.fail()
		}
	}
	if d.err == nil && len(d.rest) > 0 {
		d.fail()
	}
	if d.err != nil {
		return fmt.Errorf("state of thresholds: %w", d.err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rules := make([]Rule, len(e.watches))
	for i, w := range e.watches {
		rules[i] = w.Rule
	}
	e.setRules(rules)
	e.last, e.clock, e.book = last, clock, restored(standing)
	for i := range all {
		for _, s := range all[i].series {
			e.adopt(&all[i].rule, s)
		}
	}
	e.expect()
	return nil
}

var errDamaged = errors.New("it is damaged")

// reader walks over a snapshot. After a failure it yields zeros, so that the
// error is looked at once, at the end.
type reader struct {
	rest []byte
	err  error
}

func (d *reader) fail() { d.rest, d.err = nil, errDamaged }

func (d *reader) take(n uint64) []byte {
	if n > uint64(len(d.rest)) {
		d.fail()
		return nil
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *reader) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *reader) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *reader) varint() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// count reads how many items follow; each takes a byte at least.
func (d *reader) count() uint64 {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	return n
}

func (d *reader) series(r *Rule, version byte) *series {
	s := &series{key: string(d.take(d.uvarint())), state: severity(d.byte()), place: -1}
	if s.state < fine || s.state >= severities {
		d.fail()
		s.state = fine
	}
	if _, ok := r.tags(s.key); !ok {
		d.fail()
	}
	if raw := d.take(8); raw != nil {
		s.value = math.Float64frombits(binary.LittleEndian.Uint64(raw))
	}
	s.time, s.since = d.varint(), d.varint()
	for at := warn; at < severities; at++ {
		s.pending[at] = d.pending()
		if s.pending[at].holds && (at <= s.state || r.bound(at) == nil) {
			d.fail()
		}
	}
	if version == 1 {
		return s
	}
	s.leaving = d.pending()
	s.to, s.silent, s.heard = severity(d.byte()), d.byte() == 1, d.varint()
	if s.leaving.holds && s.to >= s.state || s.to < fine || s.to >= severities {
		d.fail()
	}
	if version > 2 {
		s.seen = string(d.take(d.uvarint()))
	}
	return s
}

func (d *reader) pending() pending {
	if d.byte() != 1 {
		return pending{}
	}
	return pending{holds: true, since: d.varint(), deadline: d.varint()}
}
