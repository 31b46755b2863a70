package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// ErrUnavailable is wrapped by the error of a request that was given up after
// repeated attempts. It may succeed later, under the same key.
var ErrUnavailable = errors.New("the server cannot be reached or is overloaded")

// Refused is the server's answer that it will not take a request as it is.
type Refused struct {
	Status int
	// Title and Detail are the server's own words (RFC 9457).
	Title, Detail string
	// Errors names the events at fault, where the server told them.
	Errors []EventFault
}

// EventFault is what is wrong with one event of a request.
type EventFault struct {
	// Index is the event's place in the request, -1 where the fault is the
	// request's.
	Index         int
	Field, Detail string
	// Position is the line and column in a text that was sent, as 3:14.
	Position string
}

func (f EventFault) String() string {
	if f.Field == "" {
		return f.Detail
	}
	return f.Field + ": " + f.Detail
}

func (r *Refused) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the server answered %d", r.Status)
	if text := r.text(); text != "" {
		b.WriteString(": " + text)
	}
	for i, f := range r.Errors {
		if i == 3 {
			fmt.Fprintf(&b, "; and %d more", len(r.Errors)-i)
			break
		}
		b.WriteString("; ")
		if f.Index >= 0 {
			fmt.Fprintf(&b, "event %d, ", f.Index)
		}
		b.WriteString(f.String())
	}
	if hint := r.hint(); hint != "" {
		b.WriteString(" (" + hint + ")")
	}
	return b.String()
}

func (r *Refused) text() string {
	if r.Detail != "" {
		return r.Detail
	}
	return r.Title
}

func (r *Refused) hint() string {
	switch r.Status {
	case http.StatusUnauthorized:
		return "give a token with --token or HMS_TOKEN"
	case http.StatusForbidden:
		return "the token needs the role ingest"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "is this the address of an hms-monitor server?"
	}
	return ""
}

// readProblem reads problem+json; of any other answer it keeps the first line.
func readProblem(resp *http.Response) *Refused {
	r := &Refused{Status: resp.StatusCode, Title: http.StatusText(resp.StatusCode)}
	// The cap leaves room for a fault in each of the thousands of events of a batch.
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return r
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == "application/problem+json" || kind == "application/json" {
		var p struct {
			Title  string `json:"title"`
			Detail string `json:"detail"`
			Errors []struct {
				Index    *int   `json:"index"`
				Field    string `json:"field"`
				Position string `json:"position"`
				Detail   string `json:"detail"`
			} `json:"errors"`
		}
		if json.Unmarshal(body, &p) == nil {
			if p.Title != "" {
				r.Title = p.Title
			}
			r.Detail = p.Detail
			for _, e := range p.Errors {
				f := EventFault{Index: -1, Field: e.Field, Detail: e.Detail, Position: e.Position}
				if e.Index != nil {
					f.Index = *e.Index
				}
				r.Errors = append(r.Errors, f)
			}
			return r
		}
	}
	if line, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n"); len(line) <= 200 {
		r.Detail = line
	}
	return r
}
