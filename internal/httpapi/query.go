package httpapi

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// readTimeLimit bounds a read, the wait for what is acknowledged included.
const readTimeLimit = 20 * time.Second

// Selection is the part of a query that selects events: metric= and tag.KEY=.
// Embedded in an input, it also refuses parameters that the operation lacks.
type Selection struct {
	Metric []string `query:"metric,explode" doc:"A metric name, or a prefix ending in *. May be repeated." example:"case.*"`

	tags []event.Tag
}

// Resolve reads the tag.KEY parameters, whose names are the sender's own.
func (s *Selection) Resolve(ctx huma.Context) (faults []error) {
	s.tags, faults = readTags(ctx)
	return faults
}

// Tagged is a selection by tag.KEY= alone.
type Tagged struct{ tags []event.Tag }

// Resolve reads the tag.KEY parameters.
func (t *Tagged) Resolve(ctx huma.Context) (faults []error) {
	t.tags, faults = readTags(ctx)
	return faults
}

func readTags(ctx huma.Context) (tags []event.Tag, faults []error) {
	address := ctx.URL()
	var known []string
	for _, p := range ctx.Operation().Parameters {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	values, err := url.ParseQuery(address.RawQuery)
	if err != nil {
		return nil, []error{&huma.ErrorDetail{Location: "query", Message: err.Error()}}
	}
	for name, texts := range values {
		key, isTag := strings.CutPrefix(name, "tag.")
		switch {
		case isTag && (key == "" || len(texts) > 1):
			faults = append(faults, &huma.ErrorDetail{Location: "query." + name, Message: "is written tag.KEY=VALUE, once for a key"})
		case isTag:
			tags = append(tags, event.Tag{Key: key, Value: texts[0]})
		case !slices.Contains(known, name):
			faults = append(faults, &huma.ErrorDetail{Location: "query." + name, Message: "is not known here; there are tag.KEY, " + strings.Join(known, ", ")})
		}
	}
	slices.SortFunc(tags, func(a, b event.Tag) int { return strings.Compare(a.Key, b.Key) })
	return tags, faults
}

func (s *Selection) filter() store.Filter { return store.Filter{Metrics: s.Metric, Tags: s.tags} }

// moment is a time in a query: milliseconds since 1970, or RFC 3339 text.
type moment struct {
	ms    int64
	given bool
}

// UnmarshalText reads either form.
func (m *moment) UnmarshalText(text []byte) error {
	s := string(text)
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		if ms < 0 || ms > math.MaxInt64/1000 {
			return fmt.Errorf("%s is out of range", s)
		}
		*m = moment{ms, true}
		return nil
	}
	// A + in a query is a space to whoever forgets to escape it.
	t, err := time.Parse(time.RFC3339Nano, strings.ReplaceAll(s, " ", "+"))
	if err != nil || t.UnixMilli() < 0 {
		return fmt.Errorf("%q is no time: write milliseconds since 1970, or RFC 3339 as in 2026-01-31T09:30:00Z", s)
	}
	*m = moment{t.UnixMilli(), true}
	return nil
}

// Schema tells OpenAPI the two forms.
func (moment) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Description: "Milliseconds since 1970 UTC, or RFC 3339 text.", Examples: []any{"2026-01-31T09:30:00Z"}}
}

func (m moment) or(other int64) int64 {
	if m.given {
		return m.ms
	}
	return other
}

// cursors are opaque to clients: they may change with the store.
func encodeCursor(text string) *string {
	c := base64.RawURLEncoding.EncodeToString([]byte(text))
	return &c
}

func decodeCursor(cursor string) (string, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", badCursor()
	}
	return string(text), nil
}

func badCursor() error {
	return huma.NewError(http.StatusBadRequest, "the cursor is not one that this server gave: leave it out to begin anew")
}

// synced bounds a read and waits until it sees everything acknowledged.
func (a *api) synced(ctx context.Context) (context.Context, context.CancelFunc, error) {
	return a.after(ctx, a.Sync)
}

// applied bounds a read and waits until the KPIs know everything acknowledged.
func (a *api) applied(ctx context.Context) (context.Context, context.CancelFunc, error) {
	return a.after(ctx, a.Applied)
}

func (a *api) after(ctx context.Context, wait func(context.Context) error) (context.Context, context.CancelFunc, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeLimit)
	if err := wait(ctx); err != nil {
		cancel()
		return nil, nil, huma.NewError(http.StatusServiceUnavailable, err.Error())
	}
	return ctx, cancel, nil
}

func (a *api) failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return huma.NewError(http.StatusServiceUnavailable, fmt.Sprintf("reading %s took more than %v: ask for a shorter time range", what, readTimeLimit))
	}
	a.Logger.Error("a read failed", "what", what, "error", err)
	return huma.NewError(http.StatusInternalServerError, "reading "+what+" failed; the server's log says why")
}
