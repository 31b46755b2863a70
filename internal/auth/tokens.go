package auth

import (
	"crypto/sha256"
	"errors"
)

var errUnknown = errors.New("this token is not among those that the server accepts")

// mark stands for a token in a session. It is made from the stored hash, so
// that a token that was replaced under the same name ends its sessions too.
type mark [16]byte

type knownToken struct {
	principal Principal
	mark      mark
}

// tokenSet is the tokens of one configuration; immutable.
type tokenSet struct {
	// byDigest needs no constant-time comparison: the time a lookup takes can
	// only tell something about the digest of what was sent, and from parts of
	// a digest no token can be made.
	byDigest map[digest]knownToken
	byMark   map[mark]knownToken
}

// newTokenSet wants a configuration that Validate found no fault with.
func newTokenSet(cfg Config) *tokenSet {
	s := &tokenSet{byDigest: map[digest]knownToken{}, byMark: map[mark]knownToken{}}
	for _, t := range cfg.Tokens {
		d, _ := parseHash(t.Hash)    //nolint:errcheck // validated
		roles, _ := rolesOf(t.Roles) //nolint:errcheck // validated
		sum := sha256.Sum256(append([]byte("session of "), d[:]...))
		known := knownToken{principal: Principal{Name: t.Name, Roles: roles}, mark: mark(sum[:16])}
		s.byDigest[d], s.byMark[known.mark] = known, known
	}
	return s
}

func (s *tokenSet) empty() bool { return len(s.byDigest) == 0 }

func (s *tokenSet) find(token string) (knownToken, error) {
	d, err := digestOf(token)
	if err != nil {
		return knownToken{}, err
	}
	known, ok := s.byDigest[d]
	if !ok {
		return knownToken{}, errUnknown
	}
	return known, nil
}
