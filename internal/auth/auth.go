package auth

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Options are what New needs beside the configuration.
type Options struct {
	// Listen is the address that is served, HOST:PORT.
	Listen string
	// Insecure accepts a Listen that other machines reach, without tokens.
	Insecure bool
	// KeyFile keeps the key that signs sessions, so that they outlive a
	// restart. Empty: a key for this process only.
	KeyFile string
	// Refuse writes the answer to a request that is not served.
	Refuse func(w http.ResponseWriter, r *http.Request, refusal *Refusal)
	Logger *slog.Logger     // nil: slog.Default()
	Now    func() time.Time // nil: time.Now
}

// Principal is who sent a request.
type Principal struct {
	// Name is the token's name, "anonymous" on an open listener.
	Name  string
	Roles Roles
}

// Auth authenticates requests. It is safe for concurrent use.
type Auth struct {
	opts       Options
	listenHost string
	tokens     atomic.Pointer[tokenSet]
	origin     *http.CrossOriginProtection
	sessions   signer
	failures   failures
}

// New checks the configuration against the address and makes the session key.
func New(cfg Config, opts Options) (*Auth, error) {
	if opts.Refuse == nil {
		return nil, errors.New("auth: Options.Refuse is missing")
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	a := &Auth{opts: opts, origin: http.NewCrossOriginProtection()}
	if err := a.Reload(cfg); err != nil {
		return nil, err
	}
	a.listenHost, _, _ = net.SplitHostPort(opts.Listen) //nolint:errcheck // Reload checked it
	key, err := sessionKey(opts.KeyFile)
	if err != nil {
		return nil, err
	}
	a.sessions = signer{key: key}
	return a, nil
}

// Reload replaces the tokens, or changes nothing and says why. Sessions begun
// with a token that is gone end with it.
func (a *Auth) Reload(cfg Config) error {
	if err := cfg.Validate().Under("auth").Err(); err != nil {
		return err
	}
	if err := CheckListen(a.opts.Listen, cfg, a.opts.Insecure); err != nil {
		return err
	}
	a.tokens.Store(newTokenSet(cfg))
	return nil
}

// Open tells whether requests are served without authentication.
func (a *Auth) Open() bool { return a.tokens.Load().empty() }

// Authenticate tells who sent the request. The error is a *Refusal.
func (a *Auth) Authenticate(r *http.Request) (Principal, error) {
	tokens := a.tokens.Load()
	if tokens.empty() {
		if err := a.checkOpen(r); err != nil {
			return Principal{}, err
		}
		return Principal{Name: "anonymous", Roles: AllRoles}, nil
	}
	if header := r.Header["Authorization"]; len(header) > 0 {
		return bearer(tokens, header[0])
	}
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		return Principal{}, unauthorized("this server asks for a token: send it as `Authorization: Bearer TOKEN`, or sign in on the dashboard")
	}
	return a.fromCookie(tokens, r, cookie.Value)
}

func bearer(tokens *tokenSet, header string) (Principal, error) {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return Principal{}, unauthorized("the Authorization header must be `Bearer TOKEN`")
	}
	known, err := tokens.find(strings.TrimSpace(token))
	if err != nil {
		return Principal{}, unauthorized(err.Error())
	}
	return known.principal, nil
}

func (a *Auth) fromCookie(tokens *tokenSet, r *http.Request, value string) (Principal, error) {
	mark, err := a.sessions.verify(value, a.opts.Now())
	if err != nil {
		return Principal{}, unauthorized(err.Error())
	}
	known, ok := tokens.byMark[mark]
	if !ok {
		return Principal{}, unauthorized("the token of this session is no longer accepted: sign in again")
	}
	if err := a.checkOrigin(r); err != nil {
		return Principal{}, err
	}
	return known.principal, nil
}

// checkOpen keeps web pages of other sites from using a browser on this
// machine to reach a listener that trusts it: by a name of their own that
// resolves to it (DNS rebinding), or by a request across sites.
func (a *Auth) checkOpen(r *http.Request) error {
	if !a.opts.Insecure {
		if host := hostOf(r.Host); !isLoopback(host) && !strings.EqualFold(host, a.listenHost) {
			return forbidden("without auth.tokens this server answers to the names of its own machine only, not to this Host: " +
				"ask 127.0.0.1 or localhost, or configure auth.tokens")
		}
	}
	return a.checkOrigin(r)
}

func (a *Auth) checkOrigin(r *http.Request) error {
	if a.origin.Check(r) != nil {
		return forbidden("refused: this request comes from a page of another site")
	}
	return nil
}
