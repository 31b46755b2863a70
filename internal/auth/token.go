package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"strings"
)

const (
	tokenPrefix = "hms_"
	tokenSecret = 32 // bytes of randomness
	tokenSum    = 4  // bytes of checksum behind them
	tokenText   = len(tokenPrefix) + (tokenSecret+tokenSum)*4/3
	hashScheme  = "sha256:"
)

// errToken is about the form of a token only, so it tells a guesser nothing.
var errToken = errors.New("this is not a token of this server: it is mistyped or cut off")

// digest is the SHA-256 of a token's text. A token holds 256 random bits, so a
// fast hash is enough: there is nothing to guess.
type digest [sha256.Size]byte

// NewToken makes a token and the hash of it that the configuration keeps.
func NewToken() (token, hash string) {
	var raw [tokenSecret + tokenSum]byte
	rand.Read(raw[:tokenSecret]) //nolint:errcheck // never fails: the process ends without randomness
	binary.BigEndian.PutUint32(raw[tokenSecret:], crc32.ChecksumIEEE(raw[:tokenSecret]))
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(raw[:])
	d := sha256.Sum256([]byte(token))
	return token, hashScheme + hex.EncodeToString(d[:])
}

// digestOf checks a token's form and gives its digest.
func digestOf(token string) (digest, error) {
	if len(token) != tokenText || token[:len(tokenPrefix)] != tokenPrefix {
		return digest{}, errToken
	}
	var raw [tokenSecret + tokenSum]byte
	if _, err := base64.RawURLEncoding.Strict().Decode(raw[:], []byte(token[len(tokenPrefix):])); err != nil {
		return digest{}, errToken
	}
	if crc32.ChecksumIEEE(raw[:tokenSecret]) != binary.BigEndian.Uint32(raw[tokenSecret:]) {
		return digest{}, errToken
	}
	return sha256.Sum256([]byte(token)), nil
}

// parseHash reads what the configuration keeps.
func parseHash(s string) (digest, error) {
	if strings.HasPrefix(s, tokenPrefix) {
		return digest{}, errors.New("this is a token itself, which no file should hold: " +
			"drop it, make another with `hms-monitor token new`, and write the hash that it prints")
	}
	text, ok := strings.CutPrefix(s, hashScheme)
	raw, err := hex.DecodeString(text)
	if !ok || err != nil || len(raw) != sha256.Size {
		return digest{}, errors.New("want sha256: and 64 hexadecimal digits, as `hms-monitor token new` prints them")
	}
	return digest(raw), nil
}
