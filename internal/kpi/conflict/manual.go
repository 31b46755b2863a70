package conflict

import "github.com/hms-ops/hms-monitor/internal/kpi"

// Manual explains the type.
func Manual() kpi.Manual {
	return kpi.Manual{
		Answers: "Do two agents work on the same case, how often, and how fast does it clear? Five levels, from agents who merely have the same case open to work that was overwritten.",
		Formula: "Episodes of the level that started in the window / distinct cases edited in it. **L0** co-presence: leases of different agents overlap. **L1** near miss: edits of different agents overlap by more than `near_miss`. " +
			"**L2** averted: a save refused because the case had changed. **L3** confirmed: a save on an older version, after another agent's save that touched the same fields. **proxy**, where only edits are known: different agents edit the case within `proxy_within` of each other.",
		Sources: []string{
			"Optimistic concurrency (Kung & Robinson 1981) and HTTP's If-Match for L2 and L3;",
			"agent collision detection of Zendesk, Zammad and osTicket for L0 and L1;",
			"Kaplan & Meier 1958 for times to clear that are not over.",
		},
		Keys: map[string]string{
			"key": "The tag that identifies a case; `caseId`.", "agent": "The tag that says who; `agentId`.",
			"level":            "The level whose rate is the value: `L0`, `L1`, `L2`, `L3` or `proxy`, the default, which needs edits alone. Take `L3` where edits carry versions.",
			"edits":            "A case is saved; `case.edited`.",
			"edit_started":     "An agent begins to edit; `edit.started`.",
			"edit_discarded":   "… and stops without saving; `edit.discarded`.",
			"edit_rejected":    "A save is refused; `edit.rejected`.",
			"presence_started": "An agent opens a case; `presence.started`.", "presence_beat": "… still has it open; `presence.beat`.", "presence_ended": "… closes it; `presence.ended`.",
			"cleared":      "A conflict is settled; `conflict.cleared`.",
			"assigned":     "A case is handed over: what its new agent does is no conflict with what others did before; `case.assigned`.",
			"from_agent":   "The tag of an assignment that says who had the case; `fromAgentId`.",
			"session":      "The tag that tells an agent's presences apart; `sessionId`.",
			"edit_id":      "The tag that tells an agent's edits apart; `editId`.",
			"version":      "The tag with the version that an edit gave the case; `version`. Edits that have one are ordered by it and not by the clock.",
			"base_version": "The tag with the version that an edit was made on; `baseVersion`.",
			"fields":       "The tag that lists what was changed, by commas; `fields`. Without it, everything was.",
			"conflict_id":  "The tag that names a conflict; `conflictId`.",
			"proxy_within": "How near edits of different agents are a conflict by proxy, and how long it must be quiet for a conflict to be over; 15m.",
			"lease":        "How long an agent counts as present after a sign of it; 90s.",
			"near_miss":    "How long edits may overlap; 5s.",
			"edit_expiry":  "When an edit that was begun counts as given up; 30m.",
			"bots":         "Agents that are machines: their edits are no conflict.",
			"bot_tag":      "A tag that says so of an event; `actorKind`.", "bot_values": "… with one of these values.",
		},
		Figures: map[string]string{
			"L0":    "`{started, open, rate, clearance: {median, p90, n, censored}}`; so have `L1`, `L2`, `L3` and `proxy`. Times to clear are in seconds.",
			"proxy": "As the others, and `pairs`: how many edits followed another agent's within `proxy_within`, before they are merged into episodes.",
			"cases": "Distinct cases edited in the window.",
		},
		Example: `name: case.conflicts
type: conflict
level: L3
proxy_within: 15m
window: 24h
by: [office]
`,
		Edges: []string{
			"An agent is never in conflict with themselves, nor is a machine with anybody. A machine's save makes a version all the same. A save without an agent counts as an edit of its case, and is nobody's conflict.",
			"An edit is no conflict with what others did before its agent was assigned the case, or before an assignment that names no agent. An assignment from an agent to themselves hands nothing over.",
			"Edits `proxy_within` apart to the millisecond are a conflict. Gaps of up to `proxy_within` merge into one episode, at every level; while an L3 conflict is open, all further ones belong to it.",
			"An edit is held against the one before it: by version where both have one, otherwise by the clock. L3 looks at versions alone, the newest 16 of a case; a save that tells only its base version makes the next one.",
			"L0 is over when the leases no longer overlap. L1 and proxy are over when no other agent's edit follows for `proxy_within`; they are open until that is known, and the time to clear is dated back to when one agent left, or to the last edit by another. L2 is over at once.",
			"L3 clears with `conflict.cleared`, or with the first later save made on the current version. An event without the case may name the conflict instead, as in `C-1` or `C-1/L3`.",
			"Conflicts still open are censored in the median and the 90th percentile, never left out. Where too many are open to tell, the figure is null.",
			"A tag asked by that an event does not carry is taken from the earlier events of its case. An episode belongs to the group of the event that began it.",
		},
	}
}
