package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Ask posts a question as JSON, one that changes nothing, and reads the answer
// into into.
func (c *Client) Ask(ctx context.Context, path string, question, into any) error {
	target, err := c.endpoint(path)
	if err != nil {
		return err
	}
	body, err := json.Marshal(question)
	if err != nil {
		return fmt.Errorf("the question cannot be written: %w", err)
	}
	return c.retry(ctx, func(ctx context.Context) error {
		return c.attempt(ctx, func(ctx context.Context) (*http.Request, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
			if err == nil {
				req.Header.Set("Content-Type", "application/json")
			}
			return req, err
		}, func(body io.Reader) error {
			if err := json.NewDecoder(io.LimitReader(body, maxAnswer)).Decode(into); err != nil {
				return fmt.Errorf("the server's answer cannot be read: %w", err)
			}
			return nil
		})
	})
}
