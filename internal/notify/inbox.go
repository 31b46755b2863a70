package notify

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/provider"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// expireEvery is how often alerts are looked for whose sender has gone silent.
const expireEvery = 5 * time.Second

var errNotTaken = errors.New("alerts of other systems are not taken here")

// inbox takes alerts that other systems post. Prometheus posts each again every
// minute or so, and an alert that is not posted again ends: only the changes go
// into the event log, from where they come back by Take.
type inbox struct {
	// The Alertmanager's API reads through it.
	provider.Alerts
	append func(context.Context, []alert.Transition) error
	// resolveAfter is how long an alert stands that names no end of its own.
	resolveAfter func() time.Duration
	stamp        func() time.Time
	log          *slog.Logger

	mu       sync.Mutex
	standing map[string]*posted
}

// posted is an alert that stands as long as its sender says so.
type posted struct {
	transition alert.Transition
	until      time.Time
	texts      model.LabelSet
}

// open gives the inbox its alerts; before, there are none.
func (b *inbox) open(alerts *mem.Alerts) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Alerts = alerts
}

// Put takes alerts in. When it returns nil their changes are on disk.
func (b *inbox) Put(ctx context.Context, alerts ...*amalert.Alert) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.append == nil {
		return errNotTaken
	}
	now := time.Now()
	var changes []alert.Transition
	commit := map[string]*posted{}
	var refreshed []*amalert.Alert
	for _, a := range alerts {
		t := transitionOf(a, now)
		key := t.SeriesKey()
		stands, found := commit[key]
		if !found {
			stands = b.standing[key]
		}
		switch {
		case !a.EndsAt.After(now):
			if stands == nil {
				continue // senders repeat ends for a while
			}
			changes = append(changes, recovered(stands.transition, min(now.UnixMilli(), a.EndsAt.UnixMilli())))
			commit[key] = nil
		case stands == nil:
			changes = append(changes, t)
			commit[key] = &posted{t, a.EndsAt, a.Annotations}
		default:
			stands.until = a.EndsAt
			if !maps.Equal(stands.texts, a.Annotations) {
				stands.texts = a.Annotations
				refreshed = append(refreshed, b.refresh(stands, a))
			}
		}
	}
	if len(changes) > 0 {
		if err := b.append(ctx, changes); err != nil {
			return err
		}
	}
	for key, p := range commit {
		if p == nil {
			delete(b.standing, key)
		} else {
			b.standing[key] = p
		}
	}
	return b.Alerts.Put(ctx, refreshed...)
}

// refresh is a standing alert with the texts that came last.
func (b *inbox) refresh(stands *posted, a *amalert.Alert) *amalert.Alert {
	fresh := firing(stands.transition, nil, Words{})
	fresh.Annotations = fresh.Annotations.Merge(a.Annotations)
	fresh.UpdatedAt = b.stamp()
	return fresh
}

// saw notes an alert of the event log, so that its end can be told. Its sender
// has to post it again in time.
func (b *inbox) saw(t alert.Transition) {
	if t.Kind != kindExternal {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	key := t.SeriesKey()
	if t.State == alert.OK {
		return // Put has taken it away
	}
	if _, stands := b.standing[key]; !stands {
		texts := model.LabelSet{}
		for _, a := range t.Annotations {
			texts[model.LabelName(a.Key)] = model.LabelValue(a.Value)
		}
		b.standing[key] = &posted{t, time.Now().Add(b.resolveAfter()), texts}
	}
}

// expire ends the alerts whose senders have gone silent.
func (b *inbox) expire(ctx context.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	var changes []alert.Transition
	var keys []string
	for key, p := range b.standing {
		if !p.until.After(now) {
			changes = append(changes, recovered(p.transition, p.until.UnixMilli()))
			keys = append(keys, key)
		}
	}
	if len(changes) == 0 || b.append == nil {
		return
	}
	if err := b.append(ctx, changes); err != nil {
		b.log.Error("alerts whose senders have gone silent could not be ended and will be tried again", "alerts", len(changes), "err", err)
		return
	}
	for _, key := range keys {
		delete(b.standing, key)
	}
}

// transitionOf is the beginning of a posted alert.
func transitionOf(a *amalert.Alert, now time.Time) alert.Transition {
	t := alert.Transition{
		Kind: kindExternal, Rule: string(a.Labels[labelName]), State: alert.Warning, Previous: alert.OK,
		Timestamp: a.StartsAt.UnixMilli(), At: now.UnixMilli(), Since: a.StartsAt.UnixMilli(),
		Annotations: tagsOf(a.Annotations),
	}
	if a.Labels[labelSeverity] == model.LabelValue(alert.Critical) {
		t.State = alert.Critical
	}
	for _, tag := range tagsOf(a.Labels) {
		if tag.Key != labelName {
			t.Tags = append(t.Tags, tag)
		}
	}
	if a.GeneratorURL != "" {
		t.Evidence, _ = json.Marshal(evidence{a.GeneratorURL})
	}
	return t
}

// recovered is the end of a posted alert.
func recovered(t alert.Transition, at int64) alert.Transition {
	t.Position = alert.Position{}
	t.State, t.Previous = alert.OK, t.State
	t.Timestamp, t.Since, t.At = at, at, at
	return t
}

func tagsOf(lset model.LabelSet) []event.Tag {
	var tags []event.Tag
	for _, name := range slices.Sorted(maps.Keys(lset)) {
		tags = append(tags, event.Tag{Key: string(name), Value: string(lset[name])})
	}
	return tags
}
