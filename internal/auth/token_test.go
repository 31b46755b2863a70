package auth

import (
	"strings"
	"testing"
)

func TestTokenAndHashBelongTogether(t *testing.T) {
	token, hash := NewToken()
	got, err := digestOf(token)
	if err != nil {
		t.Fatal(err)
	}
	want, err := parseHash(hash)
	if err != nil || got != want {
		t.Errorf("%s does not hash to %s: %v", token, hash, err)
	}
	if again, _ := NewToken(); again == token {
		t.Error("the same token twice")
	}
}

func TestConfigFaults(t *testing.T) {
	token, hash := NewToken()
	_, other := NewToken()
	good := Config{Tokens: []Token{
		{Name: "permits-backend", Hash: hash, Roles: []Role{RoleIngest}},
		{Name: "ops@agency", Hash: other, Roles: []Role{RoleIngest, RoleOperate}},
	}}
	if faults := good.Validate(); len(faults) > 0 {
		t.Fatalf("good configuration: %v", faults)
	}
	for name, c := range map[string]struct {
		token       Token
		path, fault string
	}{
		"no name":    {Token{"", other, []Role{RoleRead}}, "tokens.1.name", "missing"},
		"bad name":   {Token{"a\nb", other, []Role{RoleRead}}, "tokens.1.name", "not allowed"},
		"long name":  {Token{strings.Repeat("a", 65), other, []Role{RoleRead}}, "tokens.1.name", "at most 64"},
		"name twice": {Token{"permits-backend", other, []Role{RoleRead}}, "tokens.1.name", "token 1 has this name"},
		"no hash":    {Token{"b", "", []Role{RoleRead}}, "tokens.1.hash", "sha256:"},
		"short hash": {Token{"b", "sha256:00", []Role{RoleRead}}, "tokens.1.hash", "64 hexadecimal"},
		"a token":    {Token{"b", token, []Role{RoleRead}}, "tokens.1.hash", "token itself"},
		"hash twice": {Token{"b", hash, []Role{RoleRead}}, "tokens.1.hash", "token 1 has this hash"},
		"no role":    {Token{"b", other, nil}, "tokens.1.roles", "at least one of"},
		"bad role":   {Token{"b", other, []Role{"admin"}}, "tokens.1.roles", `no such role "admin"`},
	} {
		t.Run(name, func(t *testing.T) {
			faults := Config{Tokens: []Token{good.Tokens[0], c.token}}.Validate()
			if len(faults) != 1 || strings.Join(faults[0].Path, ".") != c.path || !strings.Contains(faults[0].Detail, c.fault) {
				t.Errorf("faults %v, want one at %s with %q", faults, c.path, c.fault)
			}
			if strings.Contains(faults.Err().Error(), token) {
				t.Error("the fault repeats a token")
			}
		})
	}
}

func FuzzToken(f *testing.F) {
	token, hash := NewToken()
	known := newTokenSet(Config{Tokens: []Token{{Name: "a", Hash: hash, Roles: []Role{RoleRead}}}})
	f.Add(token)
	f.Add("hms_")
	f.Add(strings.Repeat("_", tokenText))
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := known.find(text); err == nil && text != token {
			t.Errorf("%q was taken for the token", text)
		}
		_, _ = parseHash(text) //nolint:errcheck // only that it does not panic
	})
}

func FuzzHost(f *testing.F) {
	for _, s := range []string{"", "a:1", "[::1]:2", "[::1]", ":", "::1", "[", "]:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if host := hostOf(s); !strings.HasPrefix(s, host) {
			t.Errorf("%q of %q", host, s)
		}
	})
}
