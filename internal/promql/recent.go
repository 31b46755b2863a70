package promql

import (
	"context"
	"math"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"github.com/hms-ops/hms-monitor/internal/event"
)

const (
	// idleAfter is how long a metric's samples are kept that nobody asks for,
	// by the time that is asked for otherwise (ms).
	idleAfter = 2 * 3_600_000
	// slack is how much more than was asked for is kept (1/slack of it), so that
	// dropping costs little.
	slack = 4
	// trimEvery is how often that is looked at, by the time asked for (ms).
	trimEvery = 1000
)

// selectKept gives series out of memory, after reading them from the store at
// the first time. What is kept begins where the widest question begins.
func (e *Events) selectKept(ctx context.Context, metric string, from, to int64, h *storage.SelectHints, matchers []*labels.Matcher) (all []series, err error) {
	if e.recent == 0 {
		return e.selectStored(ctx, metric, from, to, h, matchers)
	}
	k, matchers := keptOf(matchers)
	if all, kept := e.kept(metric, k, from, to, h, matchers); kept {
		return all, nil
	}
	t := newTrack(metric, k, from-(to-from)/slack)
	err = e.read(ctx, t, math.MaxInt64, nil, func() {
		if t.count <= e.recent {
			e.keep(t, from, to)
		}
		all = t.selected(from, to, gridOf(h), matchers)
	})
	return all, err
}

// keep has the rest come to a track too. The lock is held.
func (e *Events) keep(t *track, from, to int64) {
	t.addAll(e.applied)
	key := t.kept.key(t.metric)
	if old := e.tracks[key]; old != nil {
		t.newest, t.width = old.newest, old.width
		e.count -= old.count
	}
	e.tracks[key] = t
	e.count += t.count
	e.newest = max(e.newest, to)
	t.asked(from, to)
	e.catchUp()
}

func (e *Events) kept(metric string, k *kept, from, to int64, h *storage.SelectHints, matchers []*labels.Matcher) (all []series, kept bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.newest = max(e.newest, to)
	t := e.tracks[k.key(metric)]
	if t == nil || from < t.from {
		return nil, false
	}
	t.asked(from, to)
	e.catchUp()
	return t.selected(from, to, gridOf(h), matchers), true
}

// trim drops samples that are not asked for any longer; where all together are
// still too many, the metric that has most of them. The lock is held.
func (e *Events) trim() {
	if e.newest >= e.trimmed && e.newest < e.trimmed+trimEvery && e.count <= e.recent {
		return
	}
	e.trimmed = e.newest
	for name, t := range e.tracks {
		switch {
		case t.newest == math.MinInt64:
		case t.newest < e.newest-idleAfter:
			e.count -= t.count
			delete(e.tracks, name)
		default:
			if from := t.newest - t.width - t.width/slack; from > t.from+t.width/slack+1000 {
				e.count -= t.count
				t.forget(from)
				e.count += t.count
			}
		}
	}
	for e.count > e.recent {
		var most *track
		for _, t := range e.tracks {
			if most == nil || t.count > most.count {
				most = t
			}
		}
		e.count -= most.count
		delete(e.tracks, most.kept.key(most.metric))
	}
}

// selectStored reads series from the store.
func (e *Events) selectStored(ctx context.Context, metric string, from, to int64, h *storage.SelectHints, matchers []*labels.Matcher) ([]series, error) {
	k, matchers := keptOf(matchers)
	t := newTrack(metric, k, from)
	if err := e.read(ctx, t, to, equalTags(matchers), nil); err != nil {
		return nil, err
	}
	return t.selected(from, to, gridOf(h), matchers), nil
}

// equalTags are the tags that an event must have.
func equalTags(matchers []*labels.Matcher) (tags []event.Tag) {
	for _, m := range matchers {
		if m.Type == labels.MatchEqual && m.Value != "" && m.Name != model.MetricNameLabel && m.Name != exported+model.MetricNameLabel {
			tags = append(tags, event.Tag{Key: m.Name, Value: m.Value})
		}
	}
	return tags
}
