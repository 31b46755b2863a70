package auth

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

const maxSignIn = 4 << 10 // bytes of a sign-in request

// SessionInfo is what GET and POST /api/session answer.
type SessionInfo struct {
	// Authentication tells whether the server asks for a token at all.
	Authentication bool   `json:"authentication"`
	SignedIn       bool   `json:"signedIn"`
	Name           string `json:"name,omitempty"`
	Roles          []Role `json:"roles"`
}

// SessionHandler serves /api/session: POST signs in with a token, GET tells
// who is signed in, DELETE signs out. It needs no role itself.
func (a *Auth) SessionHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/session", a.getSession)
	mux.HandleFunc("POST /api/session", a.signIn)
	mux.HandleFunc("DELETE /api/session", a.signOut)
	return mux
}

func (a *Auth) getSession(w http.ResponseWriter, r *http.Request) {
	p, err := a.Authenticate(r)
	if err != nil && a.Open() { // wrong Host
		a.refuse(w, r, err)
		return
	}
	writeSession(w, a.info(p, err == nil))
}

func (a *Auth) info(p Principal, known bool) SessionInfo {
	required := !a.Open()
	return SessionInfo{Authentication: required, SignedIn: required && known, Name: p.Name, Roles: p.Roles.List()}
}

func (a *Auth) signIn(w http.ResponseWriter, r *http.Request) {
	now := a.opts.Now()
	if a.Open() {
		a.getSession(w, r)
		return
	}
	if err := a.checkOrigin(r); err != nil {
		a.refuse(w, r, err)
		return
	}
	if wait := a.failures.wait(r.RemoteAddr, now); wait > 0 {
		a.refuse(w, r, &Refusal{Status: http.StatusTooManyRequests, RetryAfter: wait,
			Detail: "too many wrong tokens from this address: wait a little"})
		return
	}
	var body struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxSignIn)).Decode(&body); err != nil {
		a.refuse(w, r, &Refusal{Status: http.StatusBadRequest, Detail: `the body must be {"token": "..."}`})
		return
	}
	known, err := a.tokens.Load().find(strings.TrimSpace(body.Token))
	if err != nil {
		a.failures.note(r.RemoteAddr, now)
		a.opts.Logger.WarnContext(r.Context(), "sign-in refused", slog.String("from", r.RemoteAddr), slog.String("reason", err.Error()))
		a.refuse(w, r, unauthorized(err.Error()))
		return
	}
	if !known.principal.Roles.Has(RoleRead) {
		a.refuse(w, r, forbidden("this token is for sending events only: the dashboard needs one with the role read"))
		return
	}
	http.SetCookie(w, cookie(r, a.sessions.sign(known.mark, now.Add(SessionLife)), SessionLife))
	a.opts.Logger.InfoContext(r.Context(), "signed in", slog.String("name", known.principal.Name), slog.String("from", r.RemoteAddr))
	writeSession(w, a.info(known.principal, true))
}

func (a *Auth) signOut(w http.ResponseWriter, r *http.Request) {
	if err := a.checkOrigin(r); err != nil {
		a.refuse(w, r, err)
		return
	}
	http.SetCookie(w, cookie(r, "", -time.Second))
	w.WriteHeader(http.StatusNoContent)
}

func cookie(r *http.Request, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // without TLS, on loopback, a Secure cookie would not come back
		Name: CookieName, Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"),
	}
}

func writeSession(w http.ResponseWriter, info SessionInfo) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(info) //nolint:errchkjson // the client is gone: nobody to tell
}
