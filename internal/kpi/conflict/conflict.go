// Package conflict is the KPI of agents in each other's way: two or more on one
// case, from mere presence (L0) to work that was overwritten (L3), and by proxy
// where only edits are known. The engine runs it, and asks it which conflicts
// are open.
//
// It reads no clock and knows no transport. What is counted are facts (level.go)
// that follow from the events of one case in the order of their own time
// (machine.go, and a file for each level).
package conflict

import (
	"time"

	"github.com/hms-ops/hms-monitor/internal/units"
)

// Spec is what a conflict KPI says. An event name left empty is one that does
// not occur; edits must.
type Spec struct {
	// Key is the tag that identifies a case, Agent the one that identifies who.
	Key   string `yaml:"key"`
	Agent string `yaml:"agent"`
	// Level is the one whose rate is the value: L0, L1, L2, L3 or proxy. The
	// figures have all of them. It is proxy unless given, which needs nothing but
	// edits; L3 is better where edits carry versions.
	Level string `yaml:"level"`

	// Edits is the event of a case saved.
	Edits string `yaml:"edits"`
	// EditStarted is the event of an agent who begins to edit, EditDiscarded of
	// one who stops without saving, EditRejected of a save that was refused
	// because the case had changed.
	EditStarted   string `yaml:"edit_started"`
	EditDiscarded string `yaml:"edit_discarded"`
	EditRejected  string `yaml:"edit_rejected"`
	// PresenceStarted, PresenceBeat and PresenceEnded tell who has a case open.
	PresenceStarted string `yaml:"presence_started"`
	PresenceBeat    string `yaml:"presence_beat"`
	PresenceEnded   string `yaml:"presence_ended"`
	// Cleared is the event that settles an L3 conflict, by the case's key or by
	// the tag conflict_id.
	Cleared string `yaml:"cleared"`
	// Assigned is the event of a case handed over: what its agent does next is no
	// conflict with what others did before.
	Assigned string `yaml:"assigned"`

	// FromAgent is the tag of an assignment that says who had the case.
	FromAgent string `yaml:"from_agent"`
	// Session tells the presences of one agent apart, EditID the edits.
	Session string `yaml:"session"`
	EditID  string `yaml:"edit_id"`
	// Version is the number that an edit gave the case, BaseVersion the one that
	// it was made on, Fields what it changed, separated by commas.
	Version     string `yaml:"version"`
	BaseVersion string `yaml:"base_version"`
	Fields      string `yaml:"fields"`
	// ConflictID names a conflict: the case's key alone, or with /L3 behind it.
	ConflictID string `yaml:"conflict_id"`

	// ProxyWithin is how near in time the edits of different agents are a conflict
	// by proxy, how long it must be quiet for a conflict to be over, and across
	// which gaps conflicts are one episode.
	ProxyWithin units.Duration `yaml:"proxy_within"`
	// Lease is how long an agent counts as present after a sign of presence.
	Lease units.Duration `yaml:"lease"`
	// NearMiss is how long edits may overlap without being a near miss.
	NearMiss units.Duration `yaml:"near_miss"`
	// EditExpiry is when an edit that was begun counts as given up.
	EditExpiry units.Duration `yaml:"edit_expiry"`

	// Bots are agents that are machines.
	Bots []string `yaml:"bots"`
	// BotTag is a tag that says so of an event, with one of BotValues.
	BotTag    string   `yaml:"bot_tag"`
	BotValues []string `yaml:"bot_values"`
}

// New is a spec with its defaults.
func New() *Spec {
	return &Spec{
		Key: "caseId", Agent: "agentId", Level: levelNames[proxy],
		Edits: "case.edited", EditStarted: "edit.started", EditDiscarded: "edit.discarded", EditRejected: "edit.rejected",
		PresenceStarted: "presence.started", PresenceBeat: "presence.beat", PresenceEnded: "presence.ended",
		Cleared: "conflict.cleared", Assigned: "case.assigned",
		FromAgent: "fromAgentId", Session: "sessionId", EditID: "editId",
		Version: "version", BaseVersion: "baseVersion", Fields: "fields", ConflictID: "conflictId",
		ProxyWithin: units.Duration(15 * time.Minute), Lease: units.Duration(90 * time.Second),
		NearMiss: units.Duration(5 * time.Second), EditExpiry: units.Duration(30 * time.Minute),
		BotTag: "actorKind", BotValues: []string{"bot", "robot", "system", "true"},
	}
}
