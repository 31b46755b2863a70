package httpapi

import (
	"errors"
	"mime"
	"net/http"

	"github.com/hms-ops/hms-monitor/internal/ingest"
)

// ingest serves POST /metrics: 204 once every event of the body is on disk.
func (a *api) ingest(w http.ResponseWriter, r *http.Request) {
	err := a.take(w, r)
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	p := a.problemOf(r, err)
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	a.Refused(p.Status)
	writeProblem(w, p)
}

func (a *api) take(w http.ResponseWriter, r *http.Request) error {
	format, err := formatOf(r.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	body, ok := a.bodies.Get().(*inBody)
	if !ok {
		body = &inBody{}
	}
	defer a.bodies.Put(body)
	defer body.release(&a.budget)
	if err := body.read(w, r, &a.budget, int(a.Limits.MaxBody)); err != nil {
		return err
	}
	return a.Take(r.Context(), body.bytes, format, r.Header.Get("Idempotency-Key"))
}

func formatOf(contentType string) (ingest.Format, error) {
	switch contentType { // what nearly everybody sends, without parsing it
	case "application/json":
		return ingest.JSON, nil
	case "application/x-ndjson":
		return ingest.NDJSON, nil
	}
	kind, _, err := mime.ParseMediaType(contentType)
	if err == nil {
		switch kind {
		case "application/json":
			return ingest.JSON, nil
		case "application/x-ndjson", "application/ndjson", "application/jsonl":
			return ingest.NDJSON, nil
		}
	}
	return 0, &ingest.Refusal{Reason: ingest.WrongType, Detail: "send Content-Type: application/json (an event, or an array of events) or application/x-ndjson (an event a line)"}
}

var statusOf = map[ingest.Reason]int{
	ingest.Malformed:   http.StatusBadRequest,
	ingest.TooLarge:    http.StatusRequestEntityTooLarge,
	ingest.WrongType:   http.StatusUnsupportedMediaType,
	ingest.Overloaded:  http.StatusTooManyRequests,
	ingest.Unavailable: http.StatusServiceUnavailable,
	ingest.NoSpace:     http.StatusServiceUnavailable,
}

func (a *api) problemOf(r *http.Request, err error) Problem {
	var refusal *ingest.Refusal
	switch {
	case errors.As(err, &refusal):
		p := Problem{Status: statusOf[refusal.Reason], Detail: refusal.Detail}
		for _, e := range refusal.Errors {
			index := e.Index
			p.Errors = append(p.Errors, FieldError{Index: &index, Field: e.Field, Detail: e.Detail})
		}
		return p
	case r.Context().Err() != nil:
		return Problem{Status: http.StatusServiceUnavailable, Detail: "the request ended before its events were known to be on disk: send it again, with the same Idempotency-Key"}
	}
	a.Logger.Error("events were not stored", "error", err)
	return Problem{Status: http.StatusServiceUnavailable, Detail: "the events could not be stored, the server's log says why: send the request again, with the same Idempotency-Key"}
}
