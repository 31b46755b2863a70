package define

// Vocabulary lists the event names that are known without being declared.
func Vocabulary() []string {
	return []string{
		"case.opened", "case.assigned", "case.paused", "case.resumed", "case.priority_changed", "case.responded",
		"case.resolved", "case.reopened", "case.cancelled", "case.edited",
		"presence.started", "presence.beat", "presence.ended", "edit.started", "edit.discarded", "edit.rejected", "conflict.cleared",
		"survey.sent", "survey.answered", "call.offered", "call.answered", "call.abandoned", "backlog.reported",
		"case.resolved.rate",
	}
}
