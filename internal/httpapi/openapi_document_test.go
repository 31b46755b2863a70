package httpapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// What clients are generated of is what a server says of itself.
func TestOpenAPIDocumentIsTheServersOwn(t *testing.T) {
	printed, err := OpenAPIDocument("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	a := &api{Options: Options{Version: "1.2.3"}}
	mux, _ := a.described()
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	if got, want := compact(t, printed), compact(t, answer.Body.Bytes()); got != want {
		t.Errorf("the document differs from the answer of GET /openapi.json:\n%s\n%s", got, want)
	}
}

func compact(t *testing.T, document []byte) string {
	t.Helper()
	var parsed any
	if err := json.Unmarshal(document, &parsed); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
