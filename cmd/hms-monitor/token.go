package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/hms-ops/hms-monitor/internal/auth"
)

// TokenCmd manages the bearer tokens of a server.
type TokenCmd struct {
	New TokenNewCmd `cmd:"" help:"Make a token, print it once, and print the configuration that accepts it."`
}

// TokenNewCmd makes one token. It changes nothing: the configuration is the
// operator's to edit.
type TokenNewCmd struct {
	Name string   `required:"" help:"Whose token it is, as it appears in logs and on the dashboard." placeholder:"NAME"`
	Role []string `required:"" help:"What it may do: ingest, read or operate (operate implies read). Repeat for several." placeholder:"ROLE"`
}

// Run prints the token and its configuration.
func (c *TokenNewCmd) Run(k *kong.Context) error { return c.print(k.Stdout) }

func (c *TokenNewCmd) print(out io.Writer) error {
	token, hash := auth.NewToken()
	entry := auth.Token{Name: c.Name, Hash: hash}
	for _, role := range c.Role {
		entry.Roles = append(entry.Roles, auth.Role(role))
	}
	var faults []error
	for _, f := range (auth.Config{Tokens: []auth.Token{entry}}).Validate() {
		faults = append(faults, fmt.Errorf("--%s: %s", strings.TrimSuffix(f.Path[len(f.Path)-1], "s"), f.Detail))
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	_, err := fmt.Fprintf(out, `Token, shown this once; give it to whoever is to use it:

    %s

Add to the configuration under auth (the hash only; it cannot be turned back):

    auth:
      tokens:
        - {name: %s, hash: "%s", roles: [%s]}
`, token, entry.Name, entry.Hash, strings.Join(c.Role, ", "))
	return err
}
