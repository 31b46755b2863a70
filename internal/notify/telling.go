package notify

import (
	"context"
	"log/slog"
	"sync"

	amalert "github.com/prometheus/alertmanager/alert"
	amnotify "github.com/prometheus/alertmanager/notify"
)

// telling is what an integration is being told of just now, by group: the
// notification log has it only when it is stored, which may take a while.
type telling struct {
	mu     sync.Mutex
	groups map[string][]uint64 // hashes of alerts that fire
}

func (t *telling) begin(group string, firing []uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.groups == nil {
		t.groups = map[string][]uint64{}
	}
	t.groups[group] = firing
}

func (t *telling) end(group string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.groups, group)
}

func (t *telling) has(group string, firing []uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return contains(t.groups[group], firing)
}

// recorded is the last stage of an integration: the notification log has it.
func (t *telling) recorded(ctx context.Context, _ *slog.Logger, alerts ...*amalert.Alert) (context.Context, []*amalert.Alert, error) {
	group, _ := amnotify.GroupKey(ctx)
	t.end(group)
	return ctx, alerts, nil
}
