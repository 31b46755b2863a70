package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
)

// Errors that the HTTP API tells apart.
var (
	// ErrUnknown: there is no such message or alert.
	ErrUnknown = errors.New("not known")
	// ErrNotOpen: what is asked for is over or done already.
	ErrNotOpen = errors.New("not open")
	// ErrInvalid: the request itself is wrong.
	ErrInvalid = errors.New("invalid")
)

const (
	maxWho  = 200
	maxNote = 2000
)

// Acknowledgement is the request to acknowledge. Of AlertID, Series and Labels
// the first that is given tells the alert. Labels, with severity, may name an
// alert of which no message was stored.
type Acknowledgement struct {
	AlertID string
	Series  string
	Labels  model.LabelSet
	Who     string
	Note    string
}

// Acknowledge stores that somebody sees to an alert. It ends the escalation of
// its series.
func (o *Outbox) Acknowledge(ctx context.Context, r Acknowledgement) (Ack, error) {
	r.Who, r.Note = strings.TrimSpace(r.Who), strings.TrimSpace(r.Note)
	switch {
	case r.Who == "":
		return Ack{}, fmt.Errorf("%w: say who acknowledges", ErrInvalid)
	case len(r.Who) > maxWho || len(r.Note) > maxNote || !utf8.ValidString(r.Who+r.Note):
		return Ack{}, fmt.Errorf("%w: a name has at most %d bytes and a note %d, both UTF-8", ErrInvalid, maxWho, maxNote)
	}
	about, ids, err := o.subject(r)
	if err != nil {
		return Ack{}, err
	}
	if !o.fires(about) {
		return Ack{}, fmt.Errorf("%w: the alert no longer fires so; there is nothing to acknowledge", ErrNotOpen)
	}
	now := o.now().UTC()
	a := Ack{
		Series: about.Series(), Alerts: ids, Labels: about.Labels, Severity: about.Severity(),
		Who: r.Who, Note: r.Note, At: now,
	}
	a.ID = digest(a.Series, a.Who, strconv.FormatInt(now.UnixNano(), 36))
	if err := o.putAck(ctx, &a); err != nil {
		return Ack{}, err
	}
	o.standing.set(&a)
	o.logger.Info("an alert is acknowledged", "series", a.Series, "alerts", a.Alerts, "who", a.Who)
	return a, nil
}

// subject finds what a request is about: the newest firing of the series.
func (o *Outbox) subject(r Acknowledgement) (about Alert, ids []string, err error) {
	series := r.Series
	all := o.snapshot()
	if r.AlertID != "" {
		series = ""
		for _, m := range all {
			for _, a := range m.Alerts {
				if a.AlertID() == r.AlertID {
					series = a.Series()
				}
			}
		}
	}
	if series == "" && len(r.Labels) > 0 {
		series = SeriesOf(r.Labels)
		about = Alert{Labels: r.Labels}
	}
	for _, m := range all {
		for _, a := range m.Alerts {
			if a.Series() != series || a.Resolved || a.StartsAt.Before(about.StartsAt) {
				continue
			}
			if a.StartsAt.After(about.StartsAt) {
				ids = nil
			}
			about = a
			if id := a.AlertID(); id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if about.Labels == nil {
		return about, nil, fmt.Errorf("%w: no notification of alert %q was stored", ErrUnknown, cmp.Or(r.AlertID, r.Series))
	}
	return about, ids, nil
}

func (o *Outbox) putAck(ctx context.Context, a *Ack) error {
	value, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write an acknowledgement: %w", err)
	}
	if err := o.bucket.Put(ctx, ackKey+a.ID, value); err != nil {
		return fmt.Errorf("store an acknowledgement: %w", err)
	}
	return nil
}

// storeLater stores the end of an acknowledgement without keeping the caller
// waiting. Were that lost, the next word on the series would end it again.
func (o *Outbox) storeLater(a *Ack) {
	job := func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		if err := o.putAck(ctx, a); err != nil {
			o.logger.Warn("the end of an acknowledgement is not stored", "series", a.Series, "error", err)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.run != nil {
		o.run(job)
	}
}

// Acks lists the acknowledgements, the newest first; those that ended only
// where asked for.
func (o *Outbox) Acks(ended bool) []Ack {
	s := &o.standing
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Ack
	for _, acks := range s.acks {
		for _, a := range acks {
			if ended || a.Ended.IsZero() {
				all = append(all, *a)
			}
		}
	}
	slices.SortFunc(all, func(a, b Ack) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return all
}

// Acknowledged is the acknowledgement that holds for an alert with these
// labels that fires since startsAt.
func (o *Outbox) Acknowledged(labels model.LabelSet, startsAt time.Time) (Ack, bool) {
	alert := Alert{Labels: labels, StartsAt: startsAt}
	if !o.standing.acknowledged(alert) {
		return Ack{}, false
	}
	all := o.standing.of(alert)
	return all[len(all)-1], true
}
