package importer

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// poster is the part of client.Client that an import needs.
type poster interface {
	Post(ctx context.Context, events []event.Event, key string) error
}

// sender posts events until the server has all that it will ever take.
type sender struct {
	post   poster
	refuse func(refusal)
}

// send posts a batch. Events the server names as faulty are reported and left
// out, and the rest is sent again. The count is of events it has now.
func (s *sender) send(ctx context.Context, batch []mapped) (stored int, err error) {
	for len(batch) > 0 {
		err := s.post.Post(ctx, bare(batch), client.NewKey())
		if err == nil {
			return stored + len(batch), nil
		}
		var no *client.Refused
		if !errors.As(err, &no) {
			return stored, err
		}
		if no.Status == http.StatusRequestEntityTooLarge {
			if len(batch) == 1 {
				s.reject(batch[0], no.Error())
				return stored, nil
			}
			half := len(batch) / 2
			n, err := s.send(ctx, batch[:half])
			stored += n
			if err != nil {
				return stored, err
			}
			batch = batch[half:]
			continue
		}
		rest := s.without(batch, no)
		if len(rest) == len(batch) {
			return stored, fmt.Errorf("the events of rows %d to %d cannot be posted: %w", batch[0].row, batch[len(batch)-1].row, err)
		}
		batch = rest
	}
	return stored, nil
}

// without takes out the events that the answer names, all of them at once.
func (s *sender) without(batch []mapped, no *client.Refused) []mapped {
	if no.Status != http.StatusBadRequest && no.Status != http.StatusUnprocessableEntity {
		return batch
	}
	faults := make(map[int]string)
	for _, f := range no.Errors {
		if f.Index >= 0 && f.Index < len(batch) && faults[f.Index] == "" {
			faults[f.Index] = f.String()
		}
	}
	if len(faults) == 0 {
		return batch
	}
	rest := make([]mapped, 0, len(batch)-len(faults))
	for i, e := range batch {
		if why, at := faults[i]; at {
			s.reject(e, why)
		} else {
			rest = append(rest, e)
		}
	}
	return rest
}

func (s *sender) reject(e mapped, why string) {
	s.refuse(refusal{place: e.place, file: e.file, metric: e.Metric, reason: "server: " + why})
}

func bare(batch []mapped) []event.Event {
	events := make([]event.Event, len(batch))
	for i := range batch {
		events[i] = batch[i].Event
	}
	return events
}
