package notify

import (
	"runtime/debug"
	"strings"
	"sync"

	"github.com/prometheus/common/version"
)

const alertmanager = "github.com/prometheus/alertmanager"

// tellVersion has /api/v2/status name the Alertmanager's version, which its
// clients compare with their own: that of the packages built in. The
// Alertmanager keeps it for the whole process.
var tellVersion = sync.OnceFunc(func() {
	if built, ok := debug.ReadBuildInfo(); ok && version.Version == "" {
		version.Version = versionOf(built, alertmanager)
	}
})

// versionOf is the version of a module without its "v", "" if it is not built in.
func versionOf(built *debug.BuildInfo, module string) string {
	for _, dep := range built.Deps {
		if dep.Path != module {
			continue
		}
		if dep.Replace != nil {
			dep = dep.Replace
		}
		return strings.TrimPrefix(dep.Version, "v")
	}
	return ""
}
