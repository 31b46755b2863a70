// Package ui holds the dashboard's built files and serves them. The sources
// beside this file are built into dist by npm (see docs/dashboard.md); this
// package knows nothing of the API that the page speaks, and leaves the headers
// that restrict the page (it runs no inline script or style) to the app, which
// mounts its handler where no other route matches.
package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// dist is empty but for a placeholder in a clean clone, which so compiles
// without npm.
//
//go:embed all:dist
var embedded embed.FS

// Handler serves the dashboard. built is false where the binary was compiled
// without it: then the handler answers with a page that says how to build it.
func Handler() (handler http.Handler, built bool) {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		return unbuilt(), false
	}
	return newHandler(dist)
}

func newHandler(dist fs.FS) (http.Handler, bool) {
	files, err := load(dist)
	if err != nil || files["/index.html"] == nil {
		return unbuilt(), false
	}
	files["/"] = files["/index.html"]
	return site(files), true
}

// file is one file of the page, ready to send.
type file struct {
	plain, gzip []byte
	mediaType   string
	etag        string
	immutable   bool
}

func load(dist fs.FS) (map[string]*file, error) {
	files := map[string]*file{}
	err := fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".gz") || path.Base(name) == ".gitkeep" {
			return err
		}
		plain, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		// Absent for what does not compress, such as fonts.
		zipped, _ := fs.ReadFile(dist, name+".gz")
		sum := sha256.Sum256(plain)
		files["/"+name] = &file{
			plain:     plain,
			gzip:      zipped,
			mediaType: mediaType(name),
			etag:      `"` + hex.EncodeToString(sum[:8]),
			// The build puts a hash of the content into the names under assets.
			immutable: strings.HasPrefix(name, "assets/"),
		}
		return nil
	})
	return files, err
}

// mediaType does not rely on the machine's own table, which may lack fonts.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

type site map[string]*file

// pages are the first parts of the addresses that the page itself routes.
var pages = map[string]bool{
	"kpis": true, "cases": true, "alerts": true, "explore": true, "boards": true, "definitions": true, "reports": true,
}

// routed tells whether an address is one of the page's own. What stands behind
// the first part, such as the name of a KPI, the page looks up.
func routed(address string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(address, "/"), "/")
	return pages[first]
}

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "The dashboard is read with GET.", http.StatusMethodNotAllowed)
		return
	}
	if f := s[r.URL.Path]; f != nil {
		f.send(w, r)
		return
	}
	if routed(r.URL.Path) {
		s["/"].send(w, r)
		return
	}
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Error(w, "Nothing is at this address.", http.StatusNotFound)
		return
	}
	// A person is told so by the page itself, in the page's own clothes.
	s["/"].sendStatus(w, r, http.StatusNotFound)
}

// send answers with the file, or with 304 where the browser has it already.
func (f *file) send(w http.ResponseWriter, r *http.Request) {
	body, encoding := f.choose(r)
	f.describe(w.Header(), encoding)
	// ServeContent compares the ETag and answers ranges.
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

func (f *file) sendStatus(w http.ResponseWriter, r *http.Request, status int) {
	body, encoding := f.choose(r)
	f.describe(w.Header(), encoding)
	w.Header().Del("ETag")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the browser went away: nothing is left to do
	}
}

func (f *file) choose(r *http.Request) (body []byte, encoding string) {
	if f.gzip != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		return f.gzip, "gzip"
	}
	return f.plain, ""
}

func (f *file) describe(h http.Header, encoding string) {
	h.Set("Content-Type", f.mediaType)
	tag := f.etag + `"`
	if f.gzip != nil {
		h.Add("Vary", "Accept-Encoding")
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		tag = f.etag + "-" + encoding + `"`
	}
	h.Set("ETag", tag)
	if f.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q := strings.TrimSpace(parameter)
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
