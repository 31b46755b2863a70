// Package auth decides who may do what over HTTP: bearer tokens for programs,
// signed session cookies for the dashboard, and nothing at all on a loopback
// address without tokens. It owns the `auth` section of the configuration.
//
// It knows nothing of routes: the HTTP API says which role a route asks for,
// and how a refusal is written. Other ways to sign in (OIDC) and a record of
// who did what attach to Authenticate and its Principal.
package auth
