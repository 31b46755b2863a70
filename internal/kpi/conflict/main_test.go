package conflict

import (
	"flag"
	"os"
	"testing"
)

// The levels meet in many ways: properties are tried more often than usual.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "400"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
