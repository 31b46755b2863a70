package auth

import (
	"context"
	"errors"
	"maps"
	"math"
	"net/http"
	"strconv"
)

// Require serves next only to those who hold role.
func (a *Auth) Require(role Role, next http.Handler) http.Handler {
	want, err := role.bits()
	if err != nil {
		panic("auth: Require: " + err.Error()) // a mistake in the route table
	}
	missing := forbidden("this token does not have the role " + string(role))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := a.Authenticate(r)
		switch {
		case err != nil:
			a.refuse(w, r, err)
		case p.Roles&want != want:
			a.refuse(w, r, missing)
		default:
			if role == RoleOperate { // who changes things is written down
				r = r.WithContext(context.WithValue(r.Context(), principalKey{}, p))
			}
			next.ServeHTTP(w, r)
		}
	})
}

type principalKey struct{}

// NameOf is the name of the token or person whose request this context is of,
// on routes that require RoleOperate; "" elsewhere.
func NameOf(ctx context.Context) string {
	p, _ := ctx.Value(principalKey{}).(Principal)
	return p.Name
}

func (a *Auth) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		refusal = &Refusal{Status: http.StatusInternalServerError, Detail: "authentication failed"}
	}
	if refusal.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="hms-monitor"`)
	}
	if refusal.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(refusal.RetryAfter.Seconds()))))
	}
	a.opts.Refuse(w, r, refusal)
}

const contentPolicy = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"

// SecurityHeaders tells browsers to run nothing but the dashboard's own files
// and to let no other site frame or embed them. What a browser shows comes by
// GET; answers to other methods only need to keep their type.
func SecurityHeaders(next http.Handler) http.Handler {
	// The slices are shared by all answers: net/http reads them only.
	noSniff := []string{"nosniff"}
	forDocuments := map[string][]string{
		"Content-Security-Policy":      {contentPolicy},
		"Referrer-Policy":              {"no-referrer"},
		"Permissions-Policy":           {"camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["X-Content-Type-Options"] = noSniff
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			maps.Copy(h, forDocuments)
		}
		next.ServeHTTP(w, r)
	})
}
