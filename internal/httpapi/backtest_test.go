package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/ingest"
	"github.com/hms-ops/hms-monitor/internal/rules/backtest"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// held answers what a test says, once the test lets it.
type held struct {
	begun, let chan struct{}
	asked      backtest.Request
	err        error
}

func (h *held) Run(_ context.Context, q backtest.Request) (backtest.Answer, []strict.Fault, error) {
	h.asked = q
	h.begun <- struct{}{}
	<-h.let
	return backtest.Answer{}, nil, h.err
}

func (*held) Explain(context.Context, alert.Transition, *alert.Transition) (backtest.Explanation, error) {
	return backtest.Explanation{}, nil
}

func TestOneBacktestRunsAtATime(t *testing.T) {
	h := &held{begun: make(chan struct{}), let: make(chan struct{})}
	a, err := auth.New(auth.Config{}, auth.Options{Listen: "127.0.0.1:0", Refuse: Refuse, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	none := http.NotFoundHandler()
	server := New(Options{
		Auth: a, Limits: ingest.DefaultConfig(), Stream: none, UI: none, Metrics: none, Version: "test", Logger: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return noon }, Sync: func(context.Context) error { return nil }, Backtest: h,
	})
	send := func(body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/api/alerts/backtest", strings.NewReader(body))
		r.Host = "127.0.0.1"
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		return w
	}
	first := make(chan int)
	go func() { first <- send(`{"rule":"m: {}","to":"2026-01-31T00:00:00Z","step":"15m"}`).Code }()
	<-h.begun
	if w := send(`{"rule":"m: {}"}`); w.Code != http.StatusTooManyRequests {
		t.Errorf("the second answered %d %s", w.Code, w.Body)
	}
	h.let <- struct{}{}
	if code := <-first; code != http.StatusOK {
		t.Errorf("the first answered %d", code)
	}
	if to := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC); h.asked.To != to.UnixMilli() || h.asked.From != to.AddDate(0, 0, -30).UnixMilli() || h.asked.Step != 15*time.Minute {
		t.Errorf("asked for %+v", h.asked)
	}
	for err, want := range map[error]int{
		fmt.Errorf("%w: it ends", backtest.ErrRange): 400, fmt.Errorf("x: %w", backtest.ErrNotReady): 503,
	} {
		h.err = err
		go func() { <-h.begun; h.let <- struct{}{} }()
		if w := send(`{"rule":"m: {}"}`); w.Code != want {
			t.Errorf("%v answered %d", err, w.Code)
		}
	}
	for _, body := range []string{`{}`, `{"rule":"m: {}","from":5,"to":5}`, `{"rule":"m: {}","kind":"sql"}`, `{"rule":"m: {}","to":"yesterday"}`, `{"rule":"m: {}","step":"0s"}`} {
		if w := send(body); w.Code != http.StatusBadRequest {
			t.Errorf("%s answered %d %s", body, w.Code, w.Body)
		}
	}
}
