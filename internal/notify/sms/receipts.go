package sms

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the provider's choice; HMAC-SHA1 is not broken
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
	"github.com/hms-ops/hms-monitor/internal/notify/secret"
)

const maxReceipt = 16 << 10

func callback(base, id string) string { return base + "?message=" + url.QueryEscape(id) }

// Receipts takes what the provider reports about messages that it took. It
// needs no other authentication than the provider's signature.
type Receipts struct {
	// URL is where the provider reaches it, without a query: the same as
	// Options.ReceiptsURL, whatever a proxy makes of it.
	URL string
	// Configs gives the configurations in force, whose tokens sign.
	Configs func() []Config
	// Store keeps a receipt: Outbox.Receipt.
	Store  func(ctx context.Context, id string, r outbox.Receipt) error
	Logger *slog.Logger
}

func (h *Receipts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "receipts are posted", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReceipt))
	if err != nil {
		http.Error(w, "a receipt has at most 16 KiB", http.StatusRequestEntityTooLarge)
		return
	}
	form, receipt, err := parseReceipt(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !h.signed(form, r.URL.RawQuery, r.Header.Get("X-Twilio-Signature")) {
		http.Error(w, "the signature is wrong: receipts are signed with the account's token and this server's external URL", http.StatusForbidden)
		return
	}
	switch err := h.Store(r.Context(), r.URL.Query().Get("message"), receipt); {
	case errors.Is(err, outbox.ErrUnknown):
		http.Error(w, "there is no such message", http.StatusNotFound)
	case err != nil:
		if h.Logger != nil {
			h.Logger.Warn("a delivery receipt could not be stored", "error", err)
		}
		http.Error(w, "the receipt cannot be stored now; send it again", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// parseReceipt reads what is posted, with the number masked.
func parseReceipt(body []byte) (url.Values, outbox.Receipt, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, outbox.Receipt{}, errors.New("a receipt is form data")
	}
	first := func(keys ...string) string {
		for _, key := range keys {
			if v := form.Get(key); v != "" {
				return v
			}
		}
		return ""
	}
	r := outbox.Receipt{
		Ref: first("MessageSid", "SmsSid"), Status: strings.ToLower(first("MessageStatus", "SmsStatus")),
		Error: strings.TrimSpace(form.Get("ErrorCode") + " " + form.Get("ErrorMessage")),
	}
	if to := form.Get("To"); to != "" {
		r.To = outbox.MaskNumber(to)
		if !e164.MatchString(to) {
			r.To = "…"
		}
	}
	r.Error = outbox.Redact(r.Error)
	switch {
	case !sid.MatchString(r.Ref):
		return nil, outbox.Receipt{}, errors.New("a receipt names the message in MessageSid")
	case !slices.Contains(statuses(), r.Status):
		return nil, outbox.Receipt{}, errors.New("MessageStatus is none of " + strings.Join(statuses(), ", "))
	}
	return form, r, nil
}

func statuses() []string {
	return []string{"accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled", "read"}
}

// signed checks the signature with the token of each account it may be of.
func (h *Receipts) signed(form url.Values, query, signature string) bool {
	given, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || len(given) == 0 {
		return false
	}
	for _, c := range h.Configs() {
		if c.APIKey != "" || c.AccountSID != form.Get("AccountSid") {
			continue
		}
		token, err := secret.Read(c.AuthToken, c.AuthTokenFile)
		if err != nil {
			continue
		}
		for _, address := range addresses(h.URL, query) {
			if hmac.Equal(given, sign(token, address, form)) {
				return true
			}
		}
	}
	return false
}

// addresses are those that the provider may have signed: it is not consistent in
// whether the port is among what it signs, and its own libraries try both.
func addresses(base, query string) (all []string) {
	if query != "" {
		query = "?" + query
	}
	all = []string{base + query}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return all
	}
	host, other := u.Hostname(), *u
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	switch {
	case u.Port() != "":
		other.Host = host
	case u.Scheme == "https":
		other.Host = host + ":443"
	default:
		other.Host = host + ":80"
	}
	return append(all, other.String()+query)
}

// sign is the provider's signature: of the address, and of names and values in
// the order of the names.
func sign(token, address string, form url.Values) []byte {
	mac := hmac.New(sha1.New, []byte(token))
	_, _ = io.WriteString(mac, address)
	for _, key := range slices.Sorted(maps.Keys(form)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[key]))) {
			_, _ = io.WriteString(mac, key+value)
		}
	}
	return mac.Sum(nil)
}
