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
	target, err := c.endpoint("api/events")
	if err != nil {
		return false, err
	}
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
	err = c.retry(ctx, func(ctx context.Context) error {
		return c.attempt(ctx, func(ctx context.Context) (*http.Request, error) {
			return http.NewRequestWithContext(ctx, http.MethodGet, target+"?"+query.Encode(), nil)
		}, func(body io.Reader) error {
			if err := json.NewDecoder(io.LimitReader(body, 16<<20)).Decode(&page); err != nil {
				return fmt.Errorf("the server's list of events cannot be read: %w", err)
			}
			return nil
		})
	})
	if err != nil {
		return false, err
	}
	for _, held := range page.Events {
		if held.ID == e.ID && held.Source == e.Source {
			return true, nil
		}
	}
	return false, nil
}
