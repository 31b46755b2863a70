package auth

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// rig is an Auth with one token for each role and a clock of its own.
type rig struct {
	*Auth
	tokens map[Role]string
	cfg    Config
	now    time.Time
	log    bytes.Buffer
}

func newRig(t *testing.T, opts Options, roles ...Role) *rig {
	t.Helper()
	r := &rig{tokens: map[Role]string{}, now: time.Unix(1_700_000_000, 0)}
	for _, role := range roles {
		token, hash := NewToken()
		r.tokens[role] = token
		r.cfg.Tokens = append(r.cfg.Tokens, Token{Name: "t-" + string(role), Hash: hash, Roles: []Role{role}})
	}
	if opts.Listen == "" {
		opts.Listen = "127.0.0.1:8080"
	}
	opts.Now = func() time.Time { return r.now }
	opts.Logger = slog.New(slog.NewTextHandler(&r.log, nil))
	opts.Refuse = func(w http.ResponseWriter, _ *http.Request, refusal *Refusal) {
		http.Error(w, refusal.Detail, refusal.Status)
	}
	var err error
	if r.Auth, err = New(r.cfg, opts); err != nil {
		t.Fatal(err)
	}
	return r
}

func request(method, target string, header ...string) *http.Request {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+target, nil)
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var served = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })

func TestEachRoleOpensItsOwnRoutesOnly(t *testing.T) {
	rig := newRig(t, Options{}, RoleIngest, RoleRead, RoleOperate)
	allowed := map[Role][]Role{
		RoleIngest:  {RoleIngest},
		RoleRead:    {RoleRead},
		RoleOperate: {RoleRead, RoleOperate},
	}
	for holder, token := range rig.tokens {
		for _, route := range []Role{RoleIngest, RoleRead, RoleOperate} {
			want := http.StatusForbidden
			for _, r := range allowed[holder] {
				if r == route {
					want = http.StatusNoContent
				}
			}
			got := serve(rig.Require(route, served), request("POST", "/metrics", "Authorization", "Bearer "+token))
			if got.Code != want {
				t.Errorf("token with %s on a route for %s: %d, want %d", holder, route, got.Code, want)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	rig := newRig(t, Options{}, RoleRead)
	other, _ := NewToken()
	token := rig.tokens[RoleRead]
	for name, c := range map[string]struct{ header, detail string }{
		"nothing":      {"", "asks for a token"},
		"basic":        {"Basic abc", "must be `Bearer TOKEN`"},
		"empty":        {"Bearer ", "mistyped"},
		"cut off":      {"Bearer " + token[:40], "mistyped or cut off"},
		"unknown":      {"Bearer " + other, "not among those"},
		"typed wrong":  {"Bearer " + swapCase(token), "mistyped"},
		"with a space": {"Bearer " + token + "x", "mistyped"},
	} {
		t.Run(name, func(t *testing.T) {
			r := request("GET", "/api/events")
			if c.header != "" {
				r.Header.Set("Authorization", c.header)
			}
			got := serve(rig.Require(RoleRead, served), r)
			if got.Code != http.StatusUnauthorized || !strings.Contains(got.Body.String(), c.detail) {
				t.Errorf("%d %q, want 401 with %q", got.Code, got.Body, c.detail)
			}
			if got.Header().Get("WWW-Authenticate") == "" {
				t.Error("401 without WWW-Authenticate")
			}
		})
	}
}

// swapCase changes the first letter of the token's secret.
func swapCase(token string) string {
	b := []byte(token)
	for i := len(tokenPrefix); ; i++ {
		if c := b[i] | 0x20; c >= 'a' && c <= 'z' {
			b[i] ^= 0x20
			return string(b)
		}
	}
}

func TestOpenListener(t *testing.T) {
	rig := newRig(t, Options{})
	for name, c := range map[string]struct {
		header []string
		want   int
	}{
		"curl":                    {nil, 204},
		"localhost":               {[]string{"Host", "localhost:8080"}, 204},
		"IPv6":                    {[]string{"Host", "[::1]:8080"}, 204},
		"no port":                 {[]string{"Host", "127.0.0.1"}, 204},
		"own page":                {[]string{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin"}, 204},
		"rebound name":            {[]string{"Host", "evil.example:8080", "Origin", "http://evil.example:8080", "Sec-Fetch-Site", "same-origin"}, 403},
		"name that looks local":   {[]string{"Host", "127.0.0.1.evil.example"}, 403},
		"page of another site":    {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		"page of another port":    {[]string{"Origin", "http://127.0.0.1:3000", "Sec-Fetch-Site", "same-site"}, 403},
		"old browser, other site": {[]string{"Origin", "https://evil.example"}, 403},
		"sandboxed page":          {[]string{"Origin", "null"}, 403},
		"network address":         {[]string{"Host", "10.0.0.5:8080"}, 403},
		"no host":                 {[]string{"Host", ""}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			got := serve(rig.Require(RoleIngest, served), request("POST", "/metrics", c.header...))
			if got.Code != c.want {
				t.Errorf("%d %s, want %d", got.Code, got.Body, c.want)
			}
		})
	}
}

func TestInsecureAnswersToEveryName(t *testing.T) {
	rig := newRig(t, Options{Listen: "0.0.0.0:8080", Insecure: true})
	for header, want := range map[string]int{"same-origin": 204, "cross-site": 403} {
		r := request("POST", "/metrics", "Host", "metrics-svc", "Sec-Fetch-Site", header)
		if got := serve(rig.Require(RoleIngest, served), r); got.Code != want {
			t.Errorf("%s: %d, want %d", header, got.Code, want)
		}
	}
}

func TestCheckListen(t *testing.T) {
	_, hash := NewToken()
	with := Config{Tokens: []Token{{Name: "a", Hash: hash, Roles: []Role{RoleRead}}}}
	for _, c := range []struct {
		addr     string
		cfg      Config
		insecure bool
		fault    string
	}{
		{addr: "127.0.0.1:8080"},
		{addr: "127.9.9.9:0"},
		{addr: "[::1]:8080"},
		{addr: "localhost:8080"},
		{addr: ":8080", fault: "hms-monitor token new"},
		{addr: "0.0.0.0:8080", fault: "--insecure"},
		{addr: "[::]:8080", fault: "other machines"},
		{addr: "monitor.example.gov:80", fault: "other machines"},
		{addr: "10.0.0.1:80", cfg: with},
		{addr: "10.0.0.1:80", insecure: true},
		{addr: "8080", fault: "not HOST:PORT"},
	} {
		err := CheckListen(c.addr, c.cfg, c.insecure)
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestReload(t *testing.T) {
	rig := newRig(t, Options{Listen: "0.0.0.0:80"}, RoleRead, RoleIngest)
	if err := rig.Reload(Config{}); err == nil {
		t.Fatal("the last token of a public listener could be removed")
	}
	if err := rig.Reload(Config{Tokens: []Token{{Name: "x"}}}); err == nil {
		t.Fatal("a faulty configuration was taken")
	}
	try := func(role Role) int {
		return serve(rig.Require(role, served), request("GET", "/", "Authorization", "Bearer "+rig.tokens[role])).Code
	}
	if try(RoleRead) != 204 || try(RoleIngest) != 204 {
		t.Fatal("a refused reload changed the tokens")
	}
	if err := rig.Reload(Config{Tokens: rig.cfg.Tokens[:1]}); err != nil {
		t.Fatal(err)
	}
	if try(RoleRead) != 204 || try(RoleIngest) != 401 {
		t.Fatal("the reload did not take the token away")
	}
}

func TestSecurityHeaders(t *testing.T) {
	page := serve(SecurityHeaders(served), request("GET", "/")).Header()
	if !strings.Contains(page.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("no policy on a page: %v", page)
	}
	for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"} {
		if page.Get(name) == "" {
			t.Errorf("no %s on a page", name)
		}
	}
	if post := serve(SecurityHeaders(served), request("POST", "/metrics")).Header(); len(post) != 1 {
		t.Errorf("answers to POST carry %v", post)
	}
}

func TestSessionKeySurvivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "session.key")
	first, err := sessionKey(file)
	if err != nil {
		t.Fatal(err)
	}
	second, err := sessionKey(file)
	if err != nil || !bytes.Equal(first, second) {
		t.Fatalf("the key changed: %v", err)
	}
	if _, err := sessionKey(t.TempDir()); err == nil {
		t.Error("a key was read from a directory")
	}
}

func BenchmarkRequire(b *testing.B) {
	for name, roles := range map[string][]Role{"open": nil, "bearer": {RoleIngest, RoleRead}} {
		b.Run(name, func(b *testing.B) {
			var cfg Config
			r := request("POST", "/metrics")
			for _, role := range roles {
				token, hash := NewToken()
				cfg.Tokens = append(cfg.Tokens, Token{Name: string(role), Hash: hash, Roles: []Role{role}})
				if role == RoleIngest {
					r.Header.Set("Authorization", "Bearer "+token)
				}
			}
			a, err := New(cfg, Options{Listen: "127.0.0.1:1", Refuse: func(http.ResponseWriter, *http.Request, *Refusal) { b.Fatal("refused") }})
			if err != nil {
				b.Fatal(err)
			}
			h := SecurityHeaders(a.Require(RoleIngest, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
			w := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}
