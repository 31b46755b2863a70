package httpapi

import "encoding/json"

// OpenAPIDocument is what GET /openapi.json answers with: for those who generate
// clients of it and have no server at hand.
func OpenAPIDocument(version string) ([]byte, error) {
	a := &api{Options: Options{Version: version}}
	_, spec := a.described()
	return json.MarshalIndent(spec.OpenAPI(), "", "  ")
}
