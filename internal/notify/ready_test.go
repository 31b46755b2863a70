package notify

import (
	"net/http/httptest"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"
)

func TestBeforeTheStartTheAPISaysWhenToAskAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(t.Context(), Options{Routing: load(t, atOnce), Notifications: newMemory(), Silences: newMemory()})
		if err != nil {
			t.Fatal(err)
		}
		ask := func() *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/api/v2/alerts", nil))
			return w
		}
		w := ask()
		if w.Code != 503 || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), "event log") {
			t.Errorf("%d, Retry-After %q: %s", w.Code, w.Header().Get("Retry-After"), w.Body)
		}
		if err := s.Start(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		defer s.Stop(t.Context())
		if w := ask(); w.Code != 200 {
			t.Error(w.Code, w.Body)
		}
	})
}

func TestVersionOfAReplacedModule(t *testing.T) {
	built := &debug.BuildInfo{Deps: []*debug.Module{
		{Path: "other", Version: "v9.0.0"},
		{Path: alertmanager, Version: "v0.1.0", Replace: &debug.Module{Path: "fork", Version: "v0.2.0"}},
	}}
	if got := versionOf(built, alertmanager); got != "0.2.0" {
		t.Error(got)
	}
	if got := versionOf(built, "none"); got != "" {
		t.Error(got)
	}
}
