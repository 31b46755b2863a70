package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Check is one thing that the server depends on.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"` // "ok" or "failed"
	Detail string `json:"detail,omitempty"`
}

// Checked makes a check of an error.
func Checked(name string, err error) Check {
	if err != nil {
		return Check{Name: name, Status: "failed", Detail: err.Error()}
	}
	return Check{Name: name, Status: "ok"}
}

// alive serves /healthz: the process runs and answers.
func (a *api) alive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "alive", "version": a.Version})
}

// ready serves /readyz: events can be taken in and stored.
func (a *api) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	answer := struct {
		Status string  `json:"status"`
		Checks []Check `json:"checks"`
	}{"ready", a.Health(ctx)}
	status := http.StatusOK
	for _, c := range answer.Checks {
		if c.Status != "ok" {
			answer.Status, status = "not ready", http.StatusServiceUnavailable
		}
	}
	writeJSON(w, status, answer)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return // the client has gone
	}
}
