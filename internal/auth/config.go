package auth

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// Config is the `auth` section of the configuration. Without tokens a loopback
// listener is open; with tokens every listener asks for one.
type Config struct {
	Tokens []Token `yaml:"tokens" json:"tokens"`
}

// Token is one token that the server accepts. The token itself is not kept.
type Token struct {
	// Name says whose token it is; it appears in logs and on the dashboard.
	Name string `yaml:"name" json:"name"`
	// Hash is sha256: and the hexadecimal SHA-256 of the token.
	Hash  string `yaml:"hash" json:"hash"`
	Roles []Role `yaml:"roles" json:"roles"`
}

const maxName = 64

// Validate reports everything that is wrong with the section.
func (c Config) Validate() fault.List {
	var faults fault.List
	names, hashes := map[string]int{}, map[digest]int{}
	for i, t := range c.Tokens {
		at := func(key string) []string { return []string{"tokens", strconv.Itoa(i), key} }
		if err := checkName(t.Name); err != nil {
			faults.Add(err.Error(), at("name")...)
		} else if first, twice := names[t.Name]; twice {
			faults.Add(fmt.Sprintf("token %d has this name already; each needs its own", first+1), at("name")...)
		} else {
			names[t.Name] = i
		}
		if d, err := parseHash(t.Hash); err != nil {
			faults.Add(err.Error(), at("hash")...)
		} else if first, twice := hashes[d]; twice {
			faults.Add(fmt.Sprintf("token %d has this hash already; make each its own token", first+1), at("hash")...)
		} else {
			hashes[d] = i
		}
		if _, err := rolesOf(t.Roles); err != nil {
			faults.Add(err.Error(), at("roles")...)
		}
	}
	return faults
}

// checkName accepts what is safe to print anywhere.
func checkName(name string) error {
	if name == "" {
		return errors.New("missing: say whose token it is")
	}
	if len(name) > maxName {
		return fmt.Errorf("%d bytes long; at most %d", len(name), maxName)
	}
	for _, c := range name {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '-' && c != '_' && c != '.' && c != '@' {
			return fmt.Errorf("%q is not allowed; use letters, digits and - _ . @", c)
		}
	}
	return nil
}

func rolesOf(list []Role) (Roles, error) {
	if len(list) == 0 {
		return 0, fmt.Errorf("missing: name at least one of %s", knownRoles)
	}
	var set Roles
	for _, r := range list {
		bits, err := r.bits()
		if err != nil {
			return 0, err
		}
		set |= bits
	}
	return set, nil
}
