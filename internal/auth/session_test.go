package auth

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func signInRequest(token string, header ...string) *http.Request {
	r := httptest.NewRequest("POST", "http://127.0.0.1:8080/api/session", strings.NewReader(`{"token":"`+token+`"}`))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func signedIn(t *testing.T, rig *rig, role Role) *http.Cookie {
	t.Helper()
	w := serve(rig.SessionHandler(), signInRequest(rig.tokens[role]))
	cookies := w.Result().Cookies()
	if w.Code != http.StatusOK || len(cookies) != 1 {
		t.Fatalf("sign-in: %d %s", w.Code, w.Body)
	}
	return cookies[0]
}

func withCookie(r *http.Request, c *http.Cookie) *http.Request {
	r.AddCookie(c)
	return r
}

func TestSignInAndOut(t *testing.T) {
	rig := newRig(t, Options{}, RoleOperate)
	c := signedIn(t, rig, RoleOperate)
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure {
		t.Errorf("cookie: %+v", c)
	}
	if strings.Contains(rig.log.String(), rig.tokens[RoleOperate]) || strings.Contains(c.Value, "hms_") {
		t.Error("the token leaks")
	}
	var info SessionInfo
	w := serve(rig.SessionHandler(), withCookie(request("GET", "/api/session"), c))
	if err := json.Unmarshal(w.Body.Bytes(), &info); err != nil || !info.SignedIn || info.Name != "t-operate" || len(info.Roles) != 2 {
		t.Errorf("session: %s %v", w.Body, err)
	}
	require := rig.Require(RoleOperate, served)
	if got := serve(require, withCookie(request("PUT", "/api/x", "Sec-Fetch-Site", "same-origin"), c)); got.Code != 204 {
		t.Errorf("with the cookie: %d", got.Code)
	}
	if got := serve(require, withCookie(request("PUT", "/api/x", "Sec-Fetch-Site", "cross-site"), c)); got.Code != 403 {
		t.Errorf("with the cookie, from another site: %d", got.Code)
	}
	w = serve(rig.SessionHandler(), withCookie(request("DELETE", "/api/session"), c))
	if gone := w.Result().Cookies(); w.Code != 204 || len(gone) != 1 || gone[0].MaxAge >= 0 {
		t.Errorf("sign-out: %d %v", w.Code, gone)
	}
}

func TestCookieIsSecureBehindTLS(t *testing.T) {
	rig := newRig(t, Options{}, RoleRead)
	w := serve(rig.SessionHandler(), signInRequest(rig.tokens[RoleRead], "X-Forwarded-Proto", "https"))
	if c := w.Result().Cookies(); len(c) != 1 || !c[0].Secure {
		t.Errorf("cookie: %v", c)
	}
}

func TestSessionEnds(t *testing.T) {
	rig := newRig(t, Options{}, RoleRead, RoleIngest)
	c := signedIn(t, rig, RoleRead)
	try := func() int {
		return serve(rig.Require(RoleRead, served), withCookie(request("GET", "/"), c)).Code
	}
	rig.now = rig.now.Add(SessionLife - time.Second)
	if got := try(); got != 204 {
		t.Errorf("before its end: %d", got)
	}
	rig.now = rig.now.Add(time.Second)
	if got := try(); got != 401 {
		t.Errorf("at its end: %d", got)
	}
	rig.now = rig.now.Add(-time.Hour)
	_, hash := NewToken()
	if err := rig.Reload(Config{Tokens: []Token{{Name: "t-read", Hash: hash, Roles: []Role{RoleRead}}}}); err != nil {
		t.Fatal(err)
	}
	if got := try(); got != 401 {
		t.Errorf("after its token was replaced: %d", got)
	}
}

func TestSignInRefusals(t *testing.T) {
	rig := newRig(t, Options{}, RoleRead, RoleIngest)
	h := rig.SessionHandler()
	if w := serve(h, signInRequest(rig.tokens[RoleIngest])); w.Code != 403 {
		t.Errorf("with a token for sending: %d", w.Code)
	}
	if w := serve(h, signInRequest(rig.tokens[RoleRead], "Sec-Fetch-Site", "cross-site")); w.Code != 403 {
		t.Errorf("from another site: %d", w.Code)
	}
	if w := serve(h, signInRequest(strings.Repeat("x", maxSignIn))); w.Code != 400 {
		t.Errorf("too long: %d", w.Code)
	}
	for range failureBurst {
		if w := serve(h, signInRequest("hms_wrong")); w.Code != 401 {
			t.Errorf("wrong: %d", w.Code)
		}
	}
	w := serve(h, signInRequest(rig.tokens[RoleRead]))
	if w.Code != 429 || w.Header().Get("Retry-After") != "12" {
		t.Errorf("after too many: %d %v", w.Code, w.Header())
	}
	elsewhere := signInRequest(rig.tokens[RoleRead])
	elsewhere.RemoteAddr = "203.0.113.9:4711"
	if w := serve(h, elsewhere); w.Code != 200 {
		t.Errorf("from elsewhere: %d", w.Code)
	}
	rig.now = rig.now.Add(failureEvery)
	if w := serve(h, signInRequest(rig.tokens[RoleRead])); w.Code != 200 {
		t.Errorf("after the wait: %d", w.Code)
	}
}

func TestOpenListenerNeedsNoSession(t *testing.T) {
	rig := newRig(t, Options{})
	w := serve(rig.SessionHandler(), request("GET", "/api/session"))
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"authentication":false`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := serve(rig.SessionHandler(), request("GET", "/api/session", "Host", "evil.example")); w.Code != 403 {
		t.Errorf("by another name: %d", w.Code)
	}
}

func TestFailuresStayBounded(t *testing.T) {
	var f failures
	now := time.Unix(0, 0)
	for i := range 3 * maxWatched {
		f.note(netAddr(i), now)
	}
	if watched := len(f.recent) + len(f.older); watched > 2*maxWatched {
		t.Errorf("%d addresses watched", watched)
	}
	if f.wait(netAddr(3*maxWatched-1), now) != 0 {
		t.Error("one failure already costs a wait")
	}
	if sender("[2001:db8::1]:9") != sender("[2001:db8::ffff]:9") || sender("10.0.0.1:1") == sender("10.0.0.2:1") {
		t.Error("addresses are told apart wrongly")
	}
}

func netAddr(i int) string {
	ip := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
	return netip.AddrPortFrom(ip, 1234).String()
}

func TestNoChangedSessionIsAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := signer{key: rapid.SliceOfN(rapid.Byte(), keySize, keySize).Draw(t, "key")}
		m := mark(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "mark"))
		now := time.Unix(rapid.Int64Range(0, 1<<40).Draw(t, "now"), 0)
		value := s.sign(m, now.Add(SessionLife))
		if got, err := s.verify(value, now); err != nil || got != m {
			t.Fatalf("its own session: %v %v", got, err)
		}
		b := []byte(value)
		i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		b[i] = rapid.Byte().Filter(func(c byte) bool { return c != b[i] }).Draw(t, "to")
		if _, err := s.verify(string(b), now); err == nil {
			t.Fatalf("accepted %q for %q", b, value)
		}
	})
}

func FuzzSession(f *testing.F) {
	s := signer{key: make([]byte, keySize)}
	now := time.Unix(1_700_000_000, 0)
	good := s.sign(mark{1}, now.Add(time.Hour))
	f.Add(good)
	f.Add("")
	f.Add(good + "=")
	f.Fuzz(func(t *testing.T, value string) {
		if m, err := s.verify(value, now); err == nil && value != s.sign(m, now.Add(time.Hour)) {
			t.Errorf("accepted %q", value)
		}
	})
}
