package promql

import (
	"context"
	"sync"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// pastAhead is how many times as much as was asked for is read beyond it, as
// what is asked for next lies right behind it.
const pastAhead = 15

// historyReader gives series to who goes over stored history: what one question needs is
// read together with what those after it will need.
type historyReader struct {
	events *Events

	mu     sync.Mutex
	tracks map[string]*stretch
}

// stretch is a track that has all events in [track.from, to].
type stretch struct {
	*track
	to int64
}

// read gives the series of a selection within [from, to].
func (p *historyReader) read(ctx context.Context, metric string, from, to int64, h *storage.SelectHints, matchers []*labels.Matcher) ([]series, error) {
	k, matchers := keptOf(matchers)
	p.mu.Lock()
	defer p.mu.Unlock()
	key := k.key(metric) + keptBetween + event.TagsKey(equalTags(matchers))
	s := p.tracks[key]
	if s == nil || from < s.from || to > s.to {
		var err error
		if s, err = p.stretch(ctx, metric, k, from, to, matchers); err != nil {
			return nil, err
		}
		p.tracks[key] = s
	}
	return s.selected(from, to, gridOf(h), matchers), nil
}

// stretch reads as far ahead as fits, at least what is asked for.
func (p *historyReader) stretch(ctx context.Context, metric string, k *kept, from, to int64, matchers []*labels.Matcher) (*stretch, error) {
	tags, length := equalTags(matchers), max(1000, to-from)
	for ahead := int64(pastAhead); ; ahead /= 2 {
		end := to + ahead*length
		t := newTrack(metric, k, from)
		err := p.events.read(ctx, t, end, tags, nil)
		if err == nil || ahead == 0 || ctx.Err() != nil {
			return &stretch{t, end}, err
		}
	}
}
