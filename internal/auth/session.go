package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

const (
	// CookieName is the cookie that holds a session.
	CookieName = "hms_session"
	// SessionLife is how long a session lasts from signing in.
	SessionLife = 12 * time.Hour

	keySize       = 32
	sessionFormat = 1
	// format, expiry in seconds since 1970, the token's mark.
	payloadSize = 1 + 8 + len(mark{})
	sessionSize = payloadSize + sha256.Size
)

var (
	errSession = errors.New("the session cookie is not one of this server: sign in again")
	errExpired = errors.New("the session has ended: sign in again")
)

// signer makes and checks the values of session cookies. Nothing about a
// session is kept on the server: its end is in the value, and its token must
// still be configured.
type signer struct{ key []byte }

func (s signer) sign(m mark, expires time.Time) string {
	b := make([]byte, 0, sessionSize)
	b = append(b, sessionFormat)
	b = binary.BigEndian.AppendUint64(b, uint64(expires.Unix())) //nolint:gosec // after 1970
	b = append(b, m[:]...)
	return base64.RawURLEncoding.EncodeToString(s.mac(b))
}

func (s signer) verify(value string, now time.Time) (mark, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil || len(b) != sessionSize {
		return mark{}, errSession
	}
	if !hmac.Equal(s.mac(b[:payloadSize:payloadSize]), b) || b[0] != sessionFormat {
		return mark{}, errSession
	}
	if now.Unix() >= int64(binary.BigEndian.Uint64(b[1:])) { //nolint:gosec // signed by this server
		return mark{}, errExpired
	}
	return mark(b[9:payloadSize]), nil
}

// mac appends the signature to payload.
func (s signer) mac(payload []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write(payload)
	return h.Sum(payload)
}

// sessionKey reads the key, and makes it at the first start.
func sessionKey(file string) ([]byte, error) {
	key := make([]byte, keySize)
	if file == "" {
		rand.Read(key) //nolint:errcheck // never fails: the process ends without randomness
		return key, nil
	}
	old, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		rand.Read(key) //nolint:errcheck // as above
		// By way of another name, so that a crash leaves no half a key.
		err = errors.Join(os.WriteFile(file+".new", key, 0o600), os.Rename(file+".new", file))
		if err != nil {
			return nil, fmt.Errorf("auth: keep the session key: %w", err)
		}
		return key, nil
	}
	if err != nil {
		return nil, fmt.Errorf("auth: read the session key: %w", err)
	}
	if len(old) != keySize {
		return nil, fmt.Errorf("auth: %s holds no session key: delete it, and a new one is made (everybody signs in again)", file)
	}
	return old, nil
}
