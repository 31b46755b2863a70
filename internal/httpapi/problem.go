package httpapi

import (
	"encoding/json"
	"net/http"
)

// Problem is a failed request as RFC 9457 describes it.
type Problem struct {
	Status int
	// Title names the kind of fault; left empty it is the status's own text.
	Title string
	// Detail says what is wrong with this request and what to do about it.
	Detail string
	Errors []FieldError
}

// FieldError is one thing wrong with a request, and where.
type FieldError struct {
	// Index is the event's place in a request of several.
	Index *int   `json:"index,omitempty"`
	Field string `json:"field"`
	// Position is the line and column in a text, as 3:14.
	Position string `json:"position,omitempty"`
	Detail   string `json:"detail"`
}

// MarshalJSON writes the members of RFC 9457. The type is always about:blank:
// the status alone says what kind of problem it is.
func (p Problem) MarshalJSON() ([]byte, error) {
	title := p.Title
	if title == "" {
		title = http.StatusText(p.Status)
	}
	return json.Marshal(struct {
		Type   string       `json:"type"`
		Title  string       `json:"title"`
		Status int          `json:"status"`
		Detail string       `json:"detail,omitempty"`
		Errors []FieldError `json:"errors,omitempty"`
	}{"about:blank", title, p.Status, p.Detail, p.Errors})
}

// writeProblem answers with p. Headers that belong to the answer, Retry-After
// for one, are set by the caller before.
func writeProblem(w http.ResponseWriter, p Problem) {
	body, err := json.Marshal(p)
	if err != nil { // not reachable: p is text and numbers
		http.Error(w, http.StatusText(p.Status), p.Status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Length")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // a client that has gone needs no answer
}
