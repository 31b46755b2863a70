package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// maxDefinition is the longest definition that is read.
const maxDefinition = 256 << 10

type putKPIInput struct {
	Name        string `path:"name" doc:"The KPI's name. The definition may leave it out." example:"case.sla"`
	Why         string `query:"why" maxLength:"500" doc:"What the change is for; kept with the version."`
	ContentType string `header:"Content-Type" hidden:"true"`
	RawBody     []byte `contentType:"application/yaml"`
}

type deleteKPIInput struct {
	Name string `path:"name" doc:"The KPI's name." example:"case.sla"`
	Why  string `query:"why" maxLength:"500" doc:"What the change is for; kept with the version that comes into force again."`
}

type putKPIOutput struct {
	Status int
	Body   putKPIBody
}

type putKPIBody struct {
	Name string `json:"name"`
	KPIVersion
	Ready    bool        `json:"ready" doc:"False while the new version reads history; the one before it stays in force until then."`
	BackFill kpiBackFill `json:"backfill"`
}

func (a *api) registerKPIChanges(spec huma.API) {
	put := huma.Operation{
		OperationID: "put-kpi", Method: http.MethodPut, Path: "/api/kpis/{name}", Tags: []string{"KPIs"},
		Summary: "Define a KPI, or change its definition",
		Description: "Needs the role operate. The body is the definition as the configuration file has it, in YAML or JSON. " +
			"It begins a new version, which reads all of history in the background while the version before goes on; the same definition again changes nothing. " +
			"A faulty definition is refused with 422 and every fault in it: `field` is a JSON pointer into the definition, `position` its line and column.",
		MaxBodyBytes: maxDefinition,
		Errors:       []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}
	huma.Register(spec, put, a.putKPI)
	o := spec.OpenAPI().Paths[put.Path].Put
	o.Responses["200"].Description = "The definition of a KPI that there was already."
	created := *o.Responses["200"]
	created.Description = "A new KPI."
	o.Responses["201"] = &created
	definition := &huma.MediaType{Schema: named(spec, "KPIDefinition", definitionSchema())}
	o.RequestBody.Content = map[string]*huma.MediaType{"application/json": definition, "application/yaml": definition}

	huma.Register(spec, huma.Operation{
		OperationID: "delete-kpi", Method: http.MethodDelete, Path: "/api/kpis/{name}", Tags: []string{"KPIs"},
		Summary: "Take back a definition that was put",
		Description: "Needs the role operate. The definition of the configuration file, or the default, comes into force again where there is one. " +
			"What comes from there cannot be deleted, nor what another KPI is made from: 409.",
		DefaultStatus: http.StatusNoContent,
		Errors:        []int{http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
	}, a.deleteKPI)
}

func (a *api) putKPI(ctx context.Context, in *putKPIInput) (*putKPIOutput, error) {
	if !isDefinition(in.ContentType) {
		return nil, huma.NewError(http.StatusUnsupportedMediaType, "send the definition as Content-Type: application/json or application/yaml")
	}
	ctx, cancel, err := a.applied(ctx) // an event that was just sent makes its name known
	if err != nil {
		return nil, err
	}
	defer cancel()
	d, faults := a.readKPI(in.Name, in.RawBody)
	if len(faults) > 0 {
		return nil, Problem{
			Status: http.StatusUnprocessableEntity, Errors: faults,
			Detail: "the definition is not valid; what is in force stays",
		}
	}
	_, before := a.KPIs.Get(in.Name)
	r, err := a.PutKPI(ctx, d, engine.Change{Who: auth.NameOf(ctx), Why: strings.TrimSpace(in.Why)})
	if err != nil {
		return nil, a.notKept(ctx, in.Name, err)
	}
	out := &putKPIOutput{Status: http.StatusOK, Body: putKPIBody{Name: in.Name, KPIVersion: versionOf(r)}}
	if errors.Is(before, engine.ErrUnknown) {
		out.Status = http.StatusCreated
	}
	if l, err := a.KPIs.Get(in.Name); err == nil {
		out.Body.Ready, out.Body.BackFill = l.Ready, kpiBackFill{l.Done, l.Total}
	}
	return out, nil
}

func (a *api) deleteKPI(ctx context.Context, in *deleteKPIInput) (*struct{}, error) {
	ctx, cancel, err := a.applied(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	if err := a.DeleteKPI(ctx, in.Name, engine.Change{Who: auth.NameOf(ctx), Why: strings.TrimSpace(in.Why)}); err != nil {
		return nil, a.notKept(ctx, in.Name, err)
	}
	return &struct{}{}, nil
}

// notKept is the answer to a change that was refused, or that is not known to be
// on disk.
func (a *api) notKept(ctx context.Context, name string, err error) error {
	if errors.Is(err, engine.ErrUnknown) || errors.Is(err, engine.ErrFixed) {
		return a.kpiFailed(ctx, name, err)
	}
	a.Logger.Error("a change of a KPI is not known to be on disk", "kpi", name, "error", err)
	return huma.NewError(http.StatusServiceUnavailable, "the change is not known to be on disk, the server's log may say why: send the request again")
}

// isDefinition tells what readKPI can read. JSON is a part of YAML; without a
// Content-Type, or with the one that curl makes up, the body speaks for itself.
func isDefinition(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && slices.Contains([]string{
		"application/json", "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain", "application/x-www-form-urlencoded",
	}, kind)
}

// readKPI reads the definition of the KPI called name, which it may leave out.
func (a *api) readKPI(name string, text []byte) (*kpi.Definition, []FieldError) {
	d, document := a.ParseKPI("definition", text)
	faults := document.Faults()
	if d == nil {
		return nil, fieldErrors(faults)
	}
	if name == "" { // nothing but the definition names it
		return d, fieldErrors(faults)
	}
	if d.Name != "" && d.Name != name {
		faults = append(faults, strict.Fault{Path: []string{"name"},
			Detail: fmt.Sprintf("is %q, but the path says %q: leave the name out, or put the definition to /api/kpis/%s", d.Name, name, d.Name)})
	}
	if d.Name != "" {
		return d, fieldErrors(faults)
	}
	// It is read again with the name of the path; only what was sent tells places.
	faults = nil
	text, err := withName(d.Source, name)
	if err != nil {
		return nil, []FieldError{{Detail: err.Error()}}
	}
	d, named := a.ParseKPI("definition", text)
	for _, f := range named.Faults() {
		f.Line, f.Column = document.Where(f.Path)
		if slices.Equal(f.Path, []string{"name"}) {
			f.Line = 0 // it is the path's
		}
		faults = append(faults, f)
	}
	return d, fieldErrors(faults)
}

// withName adds the name to a definition, as JSON with sorted keys.
func withName(source json.RawMessage, name string) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(source, &members); err != nil {
		return nil, err
	}
	quoted, err := json.Marshal(name)
	if err != nil {
		return nil, err
	}
	members["name"] = quoted
	return json.Marshal(members)
}

func fieldErrors(faults []strict.Fault) (all []FieldError) {
	for _, f := range faults {
		e := FieldError{Field: pointer(f.Path), Detail: f.Detail}
		if f.Line > 0 {
			e.Position = fmt.Sprintf("%d:%d", f.Line, f.Column)
		}
		all = append(all, e)
	}
	return all
}

// pointer is a path as a JSON pointer (RFC 6901).
func pointer(path []string) string {
	var b bytes.Buffer
	for _, key := range path {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
	}
	return b.String()
}
