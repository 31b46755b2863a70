package engine

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// The engine's state in the store: the definitions, the codes of keys, and each
// evaluator. docs/formats/kpi-checkpoint.md describes it.
const (
	definitionsState = "kpi.definitions"
	keysState        = "kpi.keys"
	evaluatorState   = "kpi.evaluator." // then name/version

	checkpointVersion = 2
	// A start reads again the events since the last checkpoint: checkpointLeast
	// of them, or the checkpointShare-th part of all where that is more, for a
	// checkpoint grows with what there is.
	checkpointLeast = 250_000
	checkpointShare = 40
	// While the log is behind there are fewer: nothing is applied meanwhile.
	behindLeast = 1_000_000
	behindShare = 4
)

// saved is the record of what is defined.
type saved struct {
	Series map[string][]Record        `json:"series"`
	Put    map[string]json.RawMessage `json:"put"`
}

// Checkpoint gives what must be stored with the events up to the last one
// applied, for a start to go on from there; nothing where little has changed
// since, unless it is the end. Behind tells that more events wait. What it does
// not name stays as it was stored.
func (e *Engine) Checkpoint(end, behind bool) (map[string][]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	wait := max(checkpointLeast, e.seq/checkpointShare)
	if behind {
		wait = max(behindLeast, e.seq/behindShare)
	}
	all := end && e.seq > e.taken || e.seq >= e.taken+wait
	if !all && !e.stale {
		return nil, nil
	}
	state := map[string][]byte{}
	if all {
		e.taken = e.seq
	}
	if due := e.unsaved(all); all || len(due) > 0 {
		e.catchUp() // the keys are written beside the versions
		state = e.states(due)
	}
	record := saved{Series: map[string][]Record{}, Put: map[string]json.RawMessage{}}
	for _, s := range e.order {
		for _, v := range s.versions {
			record.Series[s.name] = append(record.Series[s.name], v.Record)
		}
	}
	for name, g := range e.put {
		record.Put[name] = g.def.Source
	}
	text, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("the definitions of KPIs: %w", err)
	}
	state[definitionsState] = text
	for _, name := range e.gone {
		state[name] = nil
	}
	e.gone, e.stale = nil, false
	return state, nil
}

// unsaved are the versions that a checkpoint has to hold: all that are ready, or
// those that became ready since the last one. They would otherwise read all of
// history again at the next start.
func (e *Engine) unsaved(all bool) (due []*version) {
	for _, v := range e.live {
		if v.ready.Load() && (all || !v.saved) {
			due = append(due, v)
		}
	}
	return due
}

// states are those of some evaluators, and the keys that they name: codes once
// given stay, so that keys go with older states as well.
func (e *Engine) states(versions []*version) map[string][]byte {
	state := map[string][]byte{}
	var mu sync.Mutex
	var writing sync.WaitGroup
	write := func(name string, data func() []byte) {
		writing.Go(func() {
			written := data()
			mu.Lock()
			defer mu.Unlock()
			state[name] = written
		})
	}
	for _, v := range versions {
		write(v.stateName(), v.checkpoint)
	}
	write(keysState, func() []byte { return e.keys.AppendBinary([]byte{checkpointVersion}) })
	writing.Wait()
	return state
}

func (v *version) stateName() string {
	return fmt.Sprintf("%s%s/%d", evaluatorState, v.def.Name, v.Number)
}

func (v *version) checkpoint() []byte {
	v.lock()
	defer v.mu.Unlock()
	v.saved = true
	dst := make([]byte, 0, v.size+v.size/8)
	dst = bin.AppendText(bin.AppendBytes(append(dst, checkpointVersion), v.Source), v.Basis)
	dst = v.eval.AppendBinary(binary.AppendUvarint(dst, v.seq))
	v.size = len(dst)
	return dst
}

// Restore takes up what Checkpoint gave: the definitions that were put, the
// versions, and the evaluators that are still of the same definition. What
// cannot be read is filled from history again. It comes before Configure.
func (e *Engine) Restore(state func(name string) ([]byte, error), parse func(source []byte) (*kpi.Definition, error)) error {
	text, err := state(definitionsState)
	if err != nil || text == nil {
		return err
	}
	var record saved
	if err := json.Unmarshal(text, &record); err != nil {
		return fmt.Errorf("the definitions of KPIs that were stored cannot be read: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var restoring sync.WaitGroup // each evaluator has its own state, some of it large
	keys := false
	restoring.Go(func() { keys = e.restoreKeys(state) })
	for name, records := range record.Series {
		s := &series{name: name}
		for _, r := range records {
			d, err := parse(r.Source)
			if err != nil {
				e.o.Logger.Warn("a stored definition is no longer valid; it is left out", "kpi", name, "version", r.Number, "error", err)
				continue
			}
			v := e.version(r, d)
			s.versions = append(s.versions, v)
			if data, err := state(v.stateName()); err == nil {
				restoring.Go(func() { e.restoreVersion(v, data) })
			}
		}
		if len(s.versions) > 0 {
			e.byName[name] = s
		}
	}
	restoring.Wait()
	if !keys {
		e.abandon()
	}
	for name, source := range record.Put {
		d, err := parse(source)
		if err != nil {
			e.o.Logger.Error("a definition that was put is no longer valid; put it again", "kpi", name, "error", err)
			continue
		}
		e.put[name] = given{d, API}
	}
	e.index()
	return nil
}

// abandon leaves aside what was restored, for the keys that it names are lost.
func (e *Engine) abandon() {
	for _, s := range e.byName {
		for _, v := range s.versions {
			if v.ready.Load() {
				v.ready.Store(false)
				v.saved = false
				v.reset(e.running())
			}
		}
	}
}

func (e *Engine) restoreKeys(state func(string) ([]byte, error)) bool {
	data, err := state(keysState)
	if err != nil || len(data) == 0 || data[0] != checkpointVersion {
		return false
	}
	r := bin.NewReader(data[1:])
	e.keys.Restore(r)
	if err := r.End(); err != nil {
		e.o.Logger.Warn("the checkpoint of the KPIs is damaged; history is read again", "error", err)
		e.keys = kpi.NewKeys()
		return false
	}
	return true
}

// restoreVersion makes a version ready where its state is there and of the same
// definition.
func (e *Engine) restoreVersion(v *version, data []byte) {
	if len(data) == 0 || data[0] != checkpointVersion {
		return
	}
	r := bin.NewReader(data[1:])
	if same := bytes.Equal(r.Bytes(), v.Source); r.Text() != v.def.Basis || !same {
		return
	}
	seq := r.Uvarint()
	v.eval.Restore(r)
	if err := r.End(); err != nil {
		e.o.Logger.Warn("the checkpoint of a KPI is damaged; history is read again", "kpi", v.def.Name, "error", err)
		v.reset(e.running())
		return
	}
	v.seq, v.saved, v.size = seq, true, len(data)
	v.done.Store(v.seq)
	v.total.Store(v.seq)
	v.watch.unjudged, v.watch.untold = true, true
	v.ready.Store(true)
}

// Sweep has those of the states named forgotten that the engine made and no
// longer uses. It comes after Configure.
func (e *Engine) Sweep(names []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	used := map[string]bool{}
	for _, v := range e.live {
		used[v.stateName()] = true
	}
	for _, name := range names {
		if strings.HasPrefix(name, evaluatorState) && !used[name] {
			e.forget(name)
		}
	}
}

// forget has a state removed with the next checkpoint. The engine is locked.
func (e *Engine) forget(name string) {
	e.gone = append(e.gone, name)
	e.stale = true
}
