package sms

import (
	"encoding/base64"
	"log/slog"
	"net/url"
	"testing"
)

// The vectors that the provider's own Go library is tested with: its servers are
// not consistent in whether they sign the port.
func TestSignaturesOfTheProvidersLibrary(t *testing.T) {
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"},
		"AccountSid": nil,
	}
	for _, v := range []struct {
		base, signature string
		good            bool
	}{
		{"https://mycompany.com/myapp.php", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", true},
		{"https://mycompany.com:1234/myapp.php", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", true}, // signed without the port
		{"https://mycompany.com/myapp.php", "kvajT1Ptam85bY51eRf/AJRuM3w=", true},      // signed with port 443
		{"http://mycompany.com/myapp.php", "0ZXoZLH/DfblKGATFgpif+LLRf4=", true},
		{"http://mycompany.com:1234/myapp.php", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=", true},
		{"http://mycompany.com/myapp.php", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", false},
		{"https://yourcompany.com/myapp.php", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", false},
		{"https://mycompany.com:443/myapp.php", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=", false},
	} {
		h := &Receipts{URL: v.base, Configs: func() []Config { return []Config{{AuthToken: "12345"}} }, Logger: slog.New(slog.DiscardHandler)}
		if got := h.signed(form, "foo=1&bar=2", v.signature); got != v.good {
			t.Errorf("%s signed %s: %v", v.base, v.signature, got)
		}
	}
}

// What the provider sent in earnest, as its Ruby library is tested with: names one
// of which begins another, and empty values.
func TestSignatureOfARealRequest(t *testing.T) {
	form := url.Values{
		"ToState": {"California"}, "CalledState": {"California"}, "Direction": {"inbound"}, "FromState": {"CA"},
		"AccountSid": {"ACba8bc05eacf94afdae398e642c9cc32d"}, "Caller": {"+14153595711"}, "CallerZip": {"94108"}, "CallerCountry": {"US"},
		"From": {"+14153595711"}, "FromCity": {"SAN FRANCISCO"}, "CallerCity": {"SAN FRANCISCO"}, "To": {"+14157669926"}, "FromZip": {"94108"},
		"FromCountry": {"US"}, "ToCity": {""}, "CallStatus": {"ringing"}, "CalledCity": {""}, "CallerState": {"CA"}, "CalledZip": {""}, "ToZip": {""},
		"ToCountry": {"US"}, "CallSid": {"CA136d09cd59a3c0ec8dbff44da5c03f31"}, "CalledCountry": {"US"}, "Called": {"+14157669926"},
		"ApiVersion": {"2010-04-01"}, "ApplicationSid": {"AP44efecad51364e80b133bb7c07eb8204"},
	}
	got := base64.StdEncoding.EncodeToString(sign("2bd9e9638872de601313dc77410d3b23", "http://twiliotests.heroku.com/validate/voice", form))
	if want := "oVb2kXoVy8GEfwBDjR8bk/ZZ6eA="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
