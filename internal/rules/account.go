package rules

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/rules/explain"
)

const (
	// mostAccounts bounds how many alerts of one evaluation get an account of
	// their own, accountFor how long that may hold them up.
	mostAccounts = 20
	accountFor   = 250 * time.Millisecond
	// accountTags and accountParts bound the account: of so many tags so many
	// values are told.
	accountTags, accountParts = 3, 5
)

// ChangeKey is where evidence has its account.
const ChangeKey = "change"

// Account adds to the evidence of alerts on a KPI which values of its tags hold
// most of the change, as known when they fire: that stands when the events are
// gone. What cannot be told in time is left out.
func Account(ctx context.Context, source explain.Source, all []alert.Transition) {
	ctx, cancel := context.WithTimeout(ctx, accountFor)
	defer cancel()
	told := 0
	for i := range all {
		t := &all[i]
		if t.State == alert.OK || t.Metric == "" || strings.HasPrefix(t.Kind, "sla_") || // single cases say themselves what is wrong
			told >= mostAccounts || ctx.Err() != nil {
			continue
		}
		var evidence map[string]json.RawMessage
		if json.Unmarshal(t.Evidence, &evidence) != nil || evidence == nil {
			continue
		}
		var window struct{ From, To int64 }
		if json.Unmarshal(evidence["window"], &window) != nil {
			continue
		}
		change := Change(ctx, source, t.Kind, t.Metric, window.From, window.To)
		if change == nil {
			continue
		}
		text, err := json.Marshal(change)
		if err != nil {
			continue // not reachable: numbers in it are finite
		}
		evidence[ChangeKey] = text
		if text, err = json.Marshal(evidence); err == nil {
			t.Evidence = text
			told++
		}
	}
}

// Change is what holds most of a KPI's change: from the same time a week before
// for an anomaly, otherwise from the time right before. It is nil where there is
// none to tell.
func Change(ctx context.Context, source explain.Source, kind, kpi string, from, to int64) *explain.Result {
	if to <= from {
		return nil
	}
	season := to - from
	if kind == "anomaly" {
		season = (7 * 24 * time.Hour).Milliseconds()
	}
	found, err := explain.Explain(ctx, source, explain.Request{
		KPI: kpi, From: from, To: to, BaseFrom: from - season, BaseTo: to - season, Limit: accountParts,
	})
	if err != nil || len(found.Tags) == 0 {
		return nil
	}
	found.Tags = found.Tags[:min(len(found.Tags), accountTags)]
	return &found
}
