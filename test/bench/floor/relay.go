//go:build linux

package floor

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
)

// Relay parses the body, has the raw bytes on disk, and posts them to the
// address in the header To: the least that leads from an event to a receiver.
const Relay Kind = "relay"

// ToHeader names where Relay posts.
const ToHeader = "Relay-To"

func relay(dir string) (http.Handler, error) {
	j, err := openJournal(filepath.Join(dir, "journal"))
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := r.Header.Get(ToHeader)
		keeping(func(body []byte) error {
			if err := j.append(body); err != nil {
				return err
			}
			answer, err := http.Post(to, "application/json", bytes.NewReader(body)) //nolint:gosec,noctx // the benchmark's own receiver
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			_, err = io.Copy(io.Discard, answer.Body)
			return err
		}).ServeHTTP(w, r)
	}), nil
}
