package ui

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func built(t *testing.T) http.Handler {
	t.Helper()
	handler, ok := newHandler(fstest.MapFS{
		".gitkeep":              {},
		"index.html":            {Data: []byte("<p>page")},
		"index.html.gz":         {Data: zipped(t, "<p>page")},
		"assets/app-abc.js":     {Data: []byte("run()")},
		"assets/app-abc.js.gz":  {Data: zipped(t, "run()")},
		"assets/font-abc.woff2": {Data: []byte("font")},
	})
	if !ok {
		t.Fatal("a built page is taken for an unbuilt one")
	}
	return handler
}

func get(handler http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}

func TestServesThePage(t *testing.T) {
	answer := get(built(t), "/")
	if answer.Code != http.StatusOK || answer.Body.String() != "<p>page" {
		t.Fatalf("got %d %q", answer.Code, answer.Body)
	}
	for name, want := range map[string]string{
		"Content-Type":     "text/html; charset=utf-8",
		"Cache-Control":    "no-cache",
		"Vary":             "Accept-Encoding",
		"Content-Encoding": "",
	} {
		if got := answer.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestAssetsAreCachedForGood(t *testing.T) {
	answer := get(built(t), "/assets/font-abc.woff2", "Accept-Encoding", "gzip")
	if got := answer.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control: %q", got)
	}
	if got := answer.Header().Get("Content-Type"); got != "font/woff2" {
		t.Errorf("Content-Type: %q", got)
	}
	if got := answer.Header().Get("Content-Encoding"); got != "" {
		t.Errorf("a font was sent as %q", got)
	}
}

func TestSendsGzipToThoseWhoTakeIt(t *testing.T) {
	for header, want := range map[string]bool{
		"gzip, deflate, br": true,
		"br;q=1, GZIP;q=.5": true,
		"gzip;q=0":          false,
		"":                  false,
		"identity":          false,
	} {
		answer := get(built(t), "/assets/app-abc.js", "Accept-Encoding", header)
		if got := answer.Header().Get("Content-Encoding") == "gzip"; got != want {
			t.Errorf("%q: gzip is %v", header, got)
		}
		var body io.Reader = answer.Body
		if want {
			var err error
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		if text, err := io.ReadAll(body); err != nil || string(text) != "run()" {
			t.Errorf("%q: got %q, %v", header, text, err)
		}
	}
}

func TestAnUnchangedPageIsNotSentAgain(t *testing.T) {
	handler := built(t)
	tag := get(handler, "/").Header().Get("ETag")
	if answer := get(handler, "/", "If-None-Match", tag); answer.Code != http.StatusNotModified {
		t.Errorf("got %d for the ETag %s", answer.Code, tag)
	}
	if zip := get(handler, "/", "Accept-Encoding", "gzip").Header().Get("ETag"); zip == tag {
		t.Errorf("plain and gzip share the ETag %s", tag)
	}
}

func TestUnknownPaths(t *testing.T) {
	page := get(built(t), "/nowhere", "Accept", "text/html,*/*")
	if page.Code != http.StatusNotFound || page.Body.String() != "<p>page" {
		t.Errorf("a person gets %d %q", page.Code, page.Body)
	}
	program := get(built(t), "/nowhere", "Accept", "application/json")
	if program.Code != http.StatusNotFound || strings.Contains(program.Body.String(), "<p>") {
		t.Errorf("a program gets %d %q", program.Code, program.Body)
	}
	if answer := get(built(t), "/.gitkeep"); answer.Code != http.StatusNotFound {
		t.Errorf("the placeholder is served: %d", answer.Code)
	}
}

func TestServesThePageAtItsOwnAddresses(t *testing.T) {
	for _, address := range []string{"/kpis", "/kpis/case.sla", "/cases/C-1.js", "/explore/metrics", "/boards/"} {
		if answer := get(built(t), address, "Accept", "*/*"); answer.Code != http.StatusOK || answer.Body.String() != "<p>page" {
			t.Errorf("%s: got %d %q", address, answer.Code, answer.Body)
		}
	}
	for _, address := range []string{"/kpi", "/kpisx", "/assets/none.js", "/x/kpis"} {
		if answer := get(built(t), address, "Accept", "text/html"); answer.Code != http.StatusNotFound {
			t.Errorf("%s: got %d", address, answer.Code)
		}
	}
}

func TestOnlyReads(t *testing.T) {
	answer := httptest.NewRecorder()
	built(t).ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/", nil))
	if answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("got %d, Allow %q", answer.Code, answer.Header().Get("Allow"))
	}
}

func TestSaysHowToBuildWhatIsMissing(t *testing.T) {
	handler, ok := newHandler(fstest.MapFS{".gitkeep": {}})
	if ok {
		t.Fatal("an empty dist is taken for a built page")
	}
	answer := get(handler, "/")
	if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "make build") {
		t.Errorf("got %d %q", answer.Code, answer.Body)
	}
	if other := get(handler, "/else"); other.Code != http.StatusNotFound {
		t.Errorf("another path: %d", other.Code)
	}
}

func TestWhatIsEmbeddedLoads(t *testing.T) {
	handler, _ := Handler()
	if answer := get(handler, "/"); answer.Code != http.StatusOK {
		t.Errorf("got %d", answer.Code)
	}
}
