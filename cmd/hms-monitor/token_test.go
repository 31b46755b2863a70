package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/auth"
)

func TestTokenNewPrintsATokenAndTheHashThatAcceptsIt(t *testing.T) {
	var out bytes.Buffer
	c := TokenNewCmd{Name: "permits-backend", Role: []string{"ingest", "read"}}
	if err := c.print(&out); err != nil {
		t.Fatal(err)
	}
	token := regexp.MustCompile(`hms_\S+`).FindString(out.String())
	hash := regexp.MustCompile(`sha256:[0-9a-f]{64}`).FindString(out.String())
	if !strings.Contains(out.String(), `- {name: permits-backend, hash: "`+hash+`", roles: [ingest, read]}`) {
		t.Errorf("no configuration in:\n%s", &out)
	}
	a, err := auth.New(
		auth.Config{Tokens: []auth.Token{{Name: c.Name, Hash: hash, Roles: []auth.Role{auth.RoleIngest}}}},
		auth.Options{Listen: "127.0.0.1:0", Refuse: func(http.ResponseWriter, *http.Request, *auth.Refusal) {}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/metrics", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	if p, err := a.Authenticate(r); err != nil || p.Name != c.Name {
		t.Errorf("the token is not accepted: %v %v", p, err)
	}
}

func TestTokenNewNamesWhatIsWrong(t *testing.T) {
	err := (&TokenNewCmd{Name: "a b", Role: []string{"admin"}}).print(&bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "--name:") || !strings.Contains(err.Error(), `--role: no such role "admin"`) {
		t.Errorf("%v", err)
	}
}
