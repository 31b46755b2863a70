// Command openapi prints the description of the HTTP API. The build of the
// dashboard calls it (see the Makefile) to generate its client's types; it needs
// neither a running server nor the database that one links.
package main

import (
	"fmt"
	"os"

	"github.com/hms-ops/hms-monitor/internal/httpapi"
)

func main() {
	document, err := httpapi.OpenAPIDocument("")
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1) //nolint:forbidigo // this is a main
	}
	fmt.Println(string(document))
}
