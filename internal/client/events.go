package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Holds asks whether the server has stored this very event: same metric, time,
// source and id. An import uses it to learn whether what it remembers of an
// earlier run is still true of the server.
func (c *Client) Holds(ctx context.Context, e event.Event) (bool, error) {
	query := url.Values{
		"metric": {e.Metric},
		"from":   {strconv.FormatInt(e.Time, 10)},
		"to":     {strconv.FormatInt(e.Time+1, 10)},
		"limit":  {"1000"},
	}
	for _, t := range e.Tags {
		query.Set("tag."+t.Key, t.Value)
	}
	var page struct {
		Events []struct {
			ID     string `json:"id"`
			Source string `json:"source"`
		} `json:"events"`
	}
	if err := c.Get(ctx, "api/events", query, &page); err != nil {
		return false, err
	}
	for _, held := range page.Events {
		if held.ID == e.ID && held.Source == e.Source {
			return true, nil
		}
	}
	return false, nil
}

// Get asks the server for JSON, and reads the answer into into.
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) error {
	target, err := c.endpoint(path)
	if err != nil {
		return err
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	return c.retry(ctx, func(ctx context.Context) error {
		return c.attempt(ctx, func(ctx context.Context) (*http.Request, error) {
			return http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
		}, func(body io.Reader) error {
			if err := json.NewDecoder(io.LimitReader(body, maxAnswer)).Decode(into); err != nil {
				return fmt.Errorf("the server's answer cannot be read: %w", err)
			}
			return nil
		})
	})
}

// maxAnswer is more than any page of the API takes.
const maxAnswer = 64 << 20
