package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/boards"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

type putBoardInput struct {
	Name        string `path:"name" doc:"The board's name. The board may leave it out." example:"operations"`
	DryRun      bool   `query:"dry_run" doc:"Only tell the difference to what stands."`
	Why         string `query:"why" maxLength:"500" doc:"What the change is for; kept with the version."`
	IfMatch     string `header:"If-Match" doc:"The version that was changed, as its ETag says: where another stands by now, nothing is changed (412)."`
	ContentType string `header:"Content-Type" hidden:"true"`
	RawBody     []byte `contentType:"application/yaml"`
}

type putBoardOutput struct {
	Status int
	ETag   string `header:"ETag"`
	Body   putBoardBody
}

type putBoardBody struct {
	Name    string    `json:"name"`
	Version int       `json:"version" doc:"The version that stands now; with dry_run, the one that stood already."`
	DryRun  bool      `json:"dryRun"`
	Diff    boardDiff `json:"diff"`
}

type deleteBoardInput struct {
	Name    string `path:"name" doc:"The board's name." example:"desk"`
	Why     string `query:"why" maxLength:"500" doc:"What the change is for; kept with the version."`
	IfMatch string `header:"If-Match" doc:"The version that must stand, as its ETag says."`
}

func (a *api) registerBoardChanges(spec huma.API) {
	put := huma.Operation{
		OperationID: "put-board", Method: http.MethodPut, Path: "/api/boards/{name}", Tags: []string{"Boards"},
		Summary: "Make a board, or change it",
		Description: "Needs the role operate. The body is the board, in YAML or JSON, and the answer how it differs from what stood; with dry_run nothing is changed. " +
			"A changed board is a new version; the same board again is none. A faulty one is refused with 422 and every fault in it. " +
			"What comes from a file can be changed there alone: 409.",
		MaxBodyBytes: maxDefinition,
		Errors: []int{http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge,
			http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}
	huma.Register(spec, put, a.putBoard)
	o := spec.OpenAPI().Paths[put.Path].Put
	created := *o.Responses["200"]
	created.Description = "A new board."
	o.Responses["200"].Description = "The change of a board, or with dry_run of any."
	o.Responses["201"] = &created
	body := &huma.MediaType{Schema: named(spec, "Board", boardSchema())}
	o.RequestBody.Content = map[string]*huma.MediaType{"application/json": body, "application/yaml": body}
	huma.Register(spec, huma.Operation{
		OperationID: "delete-board", Method: http.MethodDelete, Path: "/api/boards/{name}", Tags: []string{"Boards"},
		Summary:       "Take back what was put",
		Description:   "Needs the role operate. A board that comes with the program is as it was then.",
		DefaultStatus: http.StatusNoContent,
		Errors:        []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusServiceUnavailable},
	}, a.deleteBoard)
}

func (a *api) putBoard(ctx context.Context, in *putBoardInput) (*putBoardOutput, error) {
	if !isDefinition(in.ContentType) {
		return nil, huma.NewError(http.StatusUnsupportedMediaType, "send the board as Content-Type: application/json or application/yaml")
	}
	stands, err := versionOfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	b, faults := a.readBoard(in.Name, in.RawBody)
	if len(faults) > 0 {
		return nil, Problem{Status: http.StatusUnprocessableEntity, Errors: faults, Detail: "the board is not valid; what stands stays"}
	}
	before, err := a.Boards.Get(in.Name)
	if err != nil && !errors.Is(err, boards.ErrUnknown) {
		return nil, a.boardFailed(ctx, in.Name, err)
	}
	out := &putBoardOutput{Status: http.StatusOK, ETag: etagOf(before)}
	out.Body = putBoardBody{Name: in.Name, Version: before.Version(), DryRun: in.DryRun, Diff: boardDiff{boards.Compare(before.Board, b)}}
	if in.DryRun {
		return out, nil
	}
	after, err := a.PutBoard(ctx, b, boards.Change{Who: auth.NameOf(ctx), Why: in.Why, At: a.now(), If: stands})
	if err != nil {
		return nil, a.boardFailed(ctx, in.Name, err)
	}
	if before.Board == nil {
		out.Status = http.StatusCreated
	}
	out.ETag, out.Body.Version = etagOf(after), after.Version()
	return out, nil
}

func (a *api) deleteBoard(ctx context.Context, in *deleteBoardInput) (*struct{}, error) {
	stands, err := versionOfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	err = a.DeleteBoard(ctx, in.Name, boards.Change{Who: auth.NameOf(ctx), Why: in.Why, At: a.now(), If: stands})
	if err != nil {
		return nil, a.boardFailed(ctx, in.Name, err)
	}
	return &struct{}{}, nil
}

// readBoard reads the board called name, which it may leave out.
func (a *api) readBoard(name string, text []byte) (*boards.Board, []FieldError) {
	known := boards.Known{KPIs: []string{}}
	for _, l := range a.KPIs.List() {
		known.KPIs = append(known.KPIs, l.Name)
	}
	b, document := boards.Parse("board", text, known)
	if b != nil {
		if b.Name != "" && b.Name != name {
			return nil, fieldErrors(append(document.Faults(), strict.Fault{Path: []string{"name"},
				Detail: fmt.Sprintf("is %q, but the path says %q: leave the name out, or put the board to /api/boards/%s", b.Name, name, b.Name)}))
		}
		b.Name = name
	}
	faults := fieldErrors(document.Faults())
	if b != nil && len(faults) == 0 {
		for _, f := range b.Validate(known) { // the name of the path
			faults = append(faults, FieldError{Field: pointer(f.Path), Detail: f.Detail})
		}
	}
	return b, faults
}

// versionOfMatch reads If-Match; nil stands for any version.
func versionOfMatch(header string) (*int, error) {
	header = strings.TrimSpace(header)
	if header == "" || header == "*" {
		return nil, nil
	}
	text, err := strconv.Unquote(strings.TrimPrefix(header, "W/"))
	if err != nil {
		text = header
	}
	version, err := strconv.Atoi(text)
	if err != nil || version < 0 {
		return nil, huma.NewError(http.StatusBadRequest, fmt.Sprintf("If-Match: %.40s names no version: send the ETag of the board that was changed", header))
	}
	return &version, nil
}
