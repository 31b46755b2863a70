package outbox

import (
	"context"
	"slices"

	"github.com/prometheus/common/model"
)

func (c *Config) escalation(receiver string) (Escalation, bool) {
	i := slices.IndexFunc(c.Escalations, func(e Escalation) bool { return e.Receiver == receiver })
	if i < 0 {
		return Escalation{}, false
	}
	return c.Escalations[i], true
}

// escalate sends the alerts of a message that still fire and that nobody has
// acknowledged to the next receiver, each firing once.
func (o *Outbox) escalate(ctx context.Context, m *Message) error {
	step, ok := o.config.Load().escalation(m.Receiver)
	if !ok {
		return nil
	}
	var open []Alert
	for _, a := range m.Alerts {
		if !a.Resolved && o.fires(a) && !o.standing.acknowledged(a) {
			open = append(open, a)
		}
	}
	if len(open) == 0 {
		return nil
	}
	for _, target := range o.targets(step.To) {
		fresh := slices.DeleteFunc(slices.Clone(open), func(a Alert) bool {
			return o.isDerived(OriginEscalation, target, a)
		})
		if len(fresh) == 0 {
			continue
		}
		if err := o.derive(ctx, m, target, OriginEscalation, m.Receiver+m.GroupKey+contentOf(fresh), fresh); err != nil {
			return err
		}
	}
	return nil
}

// fires tells whether an alert still fires as it did when it was notified.
func (o *Outbox) fires(a Alert) bool {
	if !o.standing.fires(a) {
		return false
	}
	return o.firing == nil || o.firing(plain(a.Labels))
}

func plain(labels model.LabelSet) map[string]string {
	texts := make(map[string]string, len(labels))
	for name, value := range labels {
		texts[string(name)] = string(value)
	}
	return texts
}
