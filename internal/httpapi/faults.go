package httpapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//nolint:gochecknoinits // huma asks a package variable of its own for the form of errors
func init() {
	huma.NewError = func(status int, detail string, causes ...error) huma.StatusError {
		if status == http.StatusUnprocessableEntity {
			status = http.StatusBadRequest // the contract has one status for bad requests
		}
		p := Problem{Status: status, Detail: detail}
		for _, cause := range causes {
			if d, ok := errors.AsType[*huma.ErrorDetail](cause); ok {
				p.Errors = append(p.Errors, FieldError{Field: strings.TrimPrefix(d.Location, "query."), Detail: d.Message})
			} else if cause != nil {
				p.Errors = append(p.Errors, FieldError{Detail: cause.Error()})
			}
		}
		return p
	}
}

// GetStatus and the methods below make a Problem huma's error.
func (p Problem) GetStatus() int { return p.Status }

func (p Problem) Error() string { return p.Detail }

// ContentType is that of RFC 9457.
func (Problem) ContentType(string) string { return "application/problem+json" }

// Schema describes the JSON form, which MarshalJSON writes.
func (Problem) Schema(huma.Registry) *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: "string", Description: doc} }
	return &huma.Schema{
		Type: "object", Description: "A failed request (RFC 9457).",
		Required: []string{"type", "title", "status"},
		Properties: map[string]*huma.Schema{
			"type": text("Always about:blank."), "title": text("The status in words."),
			"status": {Type: "integer"}, "detail": text("What is wrong, and what to do about it."),
			"errors": {Type: "array", Items: &huma.Schema{
				Type: "object", Required: []string{"field", "detail"},
				Properties: map[string]*huma.Schema{
					"index":    {Type: "integer", Description: "The event's place in a request of several, from 0."},
					"field":    text("The member or parameter at fault; empty for the event itself. In a definition, a JSON pointer."),
					"position": text("Line and column in a definition, as 3:14."),
					"detail":   text("What is wrong with it."),
				},
			}},
		},
	}
}
