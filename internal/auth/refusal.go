package auth

import (
	"net/http"
	"time"
)

// Refusal is why a request is not served: the status to answer and a detail
// that is safe to show to whoever asked.
type Refusal struct {
	Status int
	Detail string
	// RetryAfter is how long to wait before another try, 0 where that is of no use.
	RetryAfter time.Duration
}

func (r *Refusal) Error() string { return r.Detail }

func unauthorized(detail string) *Refusal {
	return &Refusal{Status: http.StatusUnauthorized, Detail: detail}
}

func forbidden(detail string) *Refusal {
	return &Refusal{Status: http.StatusForbidden, Detail: detail}
}
