package boards

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// Diff is how a board differs from another.
type Diff struct {
	// Board lists the keys outside panels that differ.
	Board   []string      `json:"board" nullable:"false" doc:"The keys outside panels that differ."`
	Added   []Panel       `json:"added" nullable:"false"`
	Removed []Panel       `json:"removed" nullable:"false"`
	Changed []PanelChange `json:"changed" nullable:"false"`
}

// PanelChange is a panel that differs: panels are the same by their id.
type PanelChange struct {
	ID     string   `json:"id"`
	Keys   []string `json:"keys" nullable:"false" doc:"What differs: x, y, w and h where it was moved or resized."`
	Before Panel    `json:"before"`
	After  Panel    `json:"after"`
}

// Empty tells that nothing differs.
func (d Diff) Empty() bool {
	return len(d.Board)+len(d.Added)+len(d.Removed)+len(d.Changed) == 0
}

// Compare tells how after differs from before; nil has nothing in it.
func Compare(before, after *Board) Diff {
	if before == nil {
		before = &Board{}
	}
	if after == nil {
		after = &Board{}
	}
	d := Diff{Board: []string{}, Added: []Panel{}, Removed: []Panel{}, Changed: []PanelChange{}}
	for _, key := range []struct{ name, before, after string }{
		{"title", before.Title, after.Title}, {"description", before.Description, after.Description},
	} {
		if key.before != key.after {
			d.Board = append(d.Board, key.name)
		}
	}
	stood := map[string]Panel{}
	for _, p := range before.Panels {
		stood[p.ID] = p
	}
	for _, p := range after.Panels {
		old, was := stood[p.ID]
		delete(stood, p.ID)
		if !was {
			d.Added = append(d.Added, p)
		} else if keys := differing(old, p); len(keys) > 0 {
			d.Changed = append(d.Changed, PanelChange{p.ID, keys, old, p})
		}
	}
	for _, p := range before.Panels {
		if _, gone := stood[p.ID]; gone {
			d.Removed = append(d.Removed, p)
		}
	}
	return d
}

// differing lists the keys in which two panels differ, ordered.
func differing(a, b Panel) (keys []string) {
	before, after := members(a), members(b)
	for key, value := range after {
		if !bytes.Equal(before[key], value) {
			keys = append(keys, key)
		}
		delete(before, key)
	}
	return slices.Sorted(slices.Values(slices.AppendSeq(keys, maps.Keys(before))))
}

func members(p Panel) (all map[string]json.RawMessage) {
	text, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil // not reachable: panels are texts, numbers and maps of texts
	}
	return all
}
