package ui

import (
	"net/http"
	"strconv"
)

const unbuiltPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>HMS Monitor: dashboard not built</title>
<h1>The dashboard is not in this binary</h1>
<p>It was compiled without its page. Build it with <code>make build</code> in the source tree (this needs Node.js 20.19 or newer),
then start <code>bin/hms-monitor serve</code>.</p>
<p>The server itself works: send events to <code>POST /metrics</code>, read them at <a href="/api/events">/api/events</a>.</p>
</html>
`

// unbuilt says how to get the page that the binary lacks.
func unbuilt() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Length", strconv.Itoa(len(unbuiltPage)))
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusNotFound)
		}
		if r.Method != http.MethodHead {
			_, _ = w.Write([]byte(unbuiltPage)) // the browser went away: nothing is left to do
		}
	})
}
