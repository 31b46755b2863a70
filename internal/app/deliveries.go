package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/httpapi"
	"github.com/hms-ops/hms-monitor/internal/notify"
	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// deliveries is the outbox as the API wants it.
type deliveries struct {
	outbox *outbox.Outbox
	store  store.Store
}

func (d deliveries) Deliveries(q httpapi.DeliveryQuery) []httpapi.Delivery {
	f := outbox.Filter{AlertID: q.Alert, Receiver: q.Receiver, State: outbox.State(q.State), Before: q.Before, Limit: q.Limit}
	if q.From > 0 {
		f.From = time.UnixMilli(q.From)
	}
	if q.To > 0 {
		f.To = time.UnixMilli(q.To)
	}
	var all []httpapi.Delivery
	for _, m := range d.outbox.Messages(f) {
		all = append(all, deliveryOf(m))
	}
	return all
}

func (d deliveries) Retry(ctx context.Context, id string) (httpapi.Delivery, error) {
	m, err := d.outbox.Retry(ctx, id)
	return deliveryOf(m), refusal(err)
}

func (d deliveries) Acknowledge(ctx context.Context, alertID, who, note string) (httpapi.Acknowledgement, error) {
	request := outbox.Acknowledgement{AlertID: alertID, Who: who, Note: note}
	a, err := d.outbox.Acknowledge(ctx, request)
	if errors.Is(err, outbox.ErrUnknown) {
		// Nobody was told of this very alert, of an earlier one of its series perhaps.
		if t, known, _ := store.Alert(ctx, d.store, alertID); known {
			request.AlertID, request.Labels = "", notify.Labels(t)
			a, err = d.outbox.Acknowledge(ctx, request)
		}
	}
	return ackOf(a), refusal(err)
}

func (d deliveries) Acknowledgements(ended bool) (all []httpapi.Acknowledgement) {
	for _, a := range d.outbox.Acks(ended) {
		all = append(all, ackOf(a))
	}
	return all
}

func (d deliveries) Receivers() (all []httpapi.Receiver) {
	for _, l := range d.outbox.Loads() {
		all = append(all, httpapi.Receiver{
			Receiver: l.Receiver, Integration: l.Integration, Index: l.Index,
			Pending: l.Pending, Delivered: l.Delivered, Dead: l.Dead, Oldest: millis(l.Oldest), FailingSince: millis(l.FailingSince),
		})
	}
	return all
}

// refusal puts an error into the API's terms.
func refusal(err error) error {
	for cause, means := range map[error]error{
		outbox.ErrUnknown: httpapi.ErrNoDelivery, outbox.ErrNotOpen: httpapi.ErrSettled, outbox.ErrInvalid: httpapi.ErrWrong,
	} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%w: %w", means, err)
		}
	}
	return err
}

func deliveryOf(m outbox.Delivery) httpapi.Delivery {
	d := httpapi.Delivery{
		ID: m.ID, Seq: m.Seq, Notification: m.Notification, Receiver: m.Receiver, Integration: m.Integration, Index: m.Index,
		Severity: m.Severity, Resolved: m.Resolved, State: string(m.State), Stored: millis(m.Stored), Done: millis(m.Done), Tries: m.Tries,
		Alerts: []httpapi.DeliveredAlert{}, Attempts: []httpapi.DeliveryAttempt{}, Receipts: []httpapi.Receipt{}, Acknowledgements: []httpapi.Acknowledgement{},
	}
	if m.Letter != nil {
		d.Report, d.Subject = m.Letter.Name, m.Letter.Subject
	}
	if m.Origin != nil {
		d.Origin, d.OriginOf = m.Origin.Kind, m.Origin.Receiver
	}
	for _, a := range m.Alerts {
		d.Alerts = append(d.Alerts, httpapi.DeliveredAlert{
			ID: a.AlertID(), Labels: labelMap(a.Labels), Summary: string(a.Annotations["summary"]), Resolved: a.Resolved,
		})
	}
	for _, t := range m.Attempts {
		d.Attempts = append(d.Attempts, httpapi.DeliveryAttempt{
			At: millis(t.At), TookMs: float64(t.Took.Microseconds()) / 1000, Outcome: string(t.Outcome), Answer: t.Answer, Error: t.Error,
		})
	}
	for _, r := range m.Receipts {
		d.Receipts = append(d.Receipts, httpapi.Receipt{At: millis(r.At), To: r.To, Status: r.Status, Error: r.Error})
	}
	for _, a := range m.Acks {
		d.Acknowledgements = append(d.Acknowledgements, ackOf(a))
	}
	return d
}

func ackOf(a outbox.Ack) httpapi.Acknowledgement {
	return httpapi.Acknowledgement{
		ID: a.ID, Who: a.Who, Note: a.Note, At: millis(a.At), Ended: millis(a.Ended), Labels: labelMap(a.Labels), Alerts: append([]string{}, a.Alerts...),
	}
}

func labelMap(labels model.LabelSet) map[string]string {
	m := make(map[string]string, len(labels))
	for name, value := range labels {
		m[string(name)] = string(value)
	}
	return m
}

// millis is 0 for no time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return event.Millis(t)
}

// previewSilence tells what a silence would hide.
func (a *App) previewSilence(ctx context.Context, matchers []string, from, to int64) (p httpapi.SilencePreview, err error) {
	m, err := notify.ParseMatchers(matchers)
	if err != nil {
		return p, err
	}
	standing, err := a.store.LatestAlerts(ctx, to)
	if err != nil {
		return p, err
	}
	past, err := a.store.Alerts(ctx, from, to, nil, mostPast)
	if err != nil {
		return p, err
	}
	slices.Reverse(past)
	routing, err := a.routing(a.config())
	if err != nil {
		return p, err
	}
	hidden := routing.Hidden(m, past)
	p = httpapi.SilencePreview{
		Now: notify.Standing(m, standing), Critical: hidden.Critical, ByRule: hidden.ByRule, ByReceiver: hidden.ByReceiver, From: from, To: to,
	}
	if len(past) == mostPast {
		p.From = past[0].At // what lies before was not looked at
	}
	for _, e := range slices.Backward(hidden.Episodes) {
		tags := make(map[string]string, len(e.First.Tags))
		for _, t := range e.First.Tags {
			tags[t.Key] = t.Value
		}
		p.Past = append(p.Past, httpapi.AlertEpisode{
			Rule: e.First.Rule, Tags: tags, State: string(e.First.State), Begin: e.Begin, End: e.End, ID: e.First.Position.String(),
		})
	}
	return p, nil
}

// mostPast bounds the transitions that a preview looks at.
const mostPast = 200_000
