package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/boards"
)

// Boards are the dashboards that people compose.
type Boards interface {
	List() []boards.Stored
	Get(name string) (boards.Stored, error)
}

// boardJSON is a board as the API answers it.
type boardJSON struct {
	Board    boardBody      `json:"board"`
	Origin   boards.Origin  `json:"origin" enum:"default,file,api" doc:"Where it comes from: the program, a file of the configuration, or this API."`
	File     string         `json:"file,omitempty" doc:"The file that it comes from."`
	ReadOnly bool           `json:"readOnly" doc:"Whether it can be changed in its file alone."`
	Version  int            `json:"version" doc:"What If-Match takes; 0 for one that was never changed here."`
	Versions []BoardVersion `json:"versions" nullable:"false" doc:"The latest versions, the oldest first."`
}

// BoardVersion is exported for OpenAPI.
type BoardVersion struct {
	Version int        `json:"version"`
	At      int64      `json:"at" doc:"When, in ms since 1970 UTC."`
	Who     string     `json:"who,omitempty" doc:"The name of the token that changed it."`
	Why     string     `json:"why,omitempty" doc:"What was said of the change."`
	Board   *boardBody `json:"board,omitempty" doc:"The board then; absent in a version that took it back."`
}

func boardOf(s boards.Stored, sources bool) boardJSON {
	b := boardJSON{
		Board: boardBody{s.Board}, Origin: s.Origin, File: s.File, ReadOnly: s.Origin == boards.FromFile,
		Version: s.Version(), Versions: []BoardVersion{},
	}
	for _, v := range s.Versions {
		out := BoardVersion{Version: v.Number, At: v.At, Who: v.Who, Why: v.Why}
		if sources && v.Source != nil {
			if then, d := boards.Parse(s.Board.Name, v.Source, boards.Known{}); d.Err() == nil {
				out.Board = &boardBody{then}
			}
		}
		b.Versions = append(b.Versions, out)
	}
	return b
}

type listBoardsOutput struct {
	Body struct {
		Boards []boardJSON `json:"boards" nullable:"false"`
	}
}

type boardInput struct {
	Name   string `path:"name" doc:"The board's name." example:"operations"`
	Accept string `header:"Accept" hidden:"true"`
}

type boardOutput struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag"`
	Body        any
}

func (a *api) registerBoards(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-boards", Method: http.MethodGet, Path: "/api/boards", Tags: []string{"Boards"},
		Summary: "All boards, ordered by name", RejectUnknownQueryParameters: true,
	}, a.listBoards)
	get := huma.Operation{
		OperationID: "get-board", Method: http.MethodGet, Path: "/api/boards/{name}", Tags: []string{"Boards"},
		Summary:     "One board, with its versions",
		Description: "With `Accept: application/yaml` it is the board alone, as a file of `boards` has it. The ETag is what If-Match takes.",
		Errors:      []int{http.StatusNotFound},
	}
	huma.Register(spec, get, a.getBoard)
	spec.OpenAPI().Paths[get.Path].Get.Responses["200"].Content = map[string]*huma.MediaType{
		"application/json": {Schema: spec.OpenAPI().Components.Schemas.Schema(typeOf[boardJSON](), true, "")},
		"application/yaml": {Schema: &huma.Schema{Type: "string"}},
	}
	a.registerBoardChanges(spec)
}

func (a *api) listBoards(context.Context, *struct{}) (*listBoardsOutput, error) {
	out := &listBoardsOutput{}
	out.Body.Boards = []boardJSON{}
	for _, s := range a.Boards.List() {
		out.Body.Boards = append(out.Body.Boards, boardOf(s, false))
	}
	return out, nil
}

func (a *api) getBoard(ctx context.Context, in *boardInput) (*boardOutput, error) {
	s, err := a.Boards.Get(in.Name)
	if err != nil {
		return nil, a.boardFailed(ctx, in.Name, err)
	}
	out := &boardOutput{ETag: etagOf(s)}
	if strings.Contains(in.Accept, "yaml") {
		text, err := s.Board.YAML()
		if err != nil {
			return nil, a.boardFailed(ctx, in.Name, err)
		}
		out.ContentType, out.Body = "application/yaml", text
		return out, nil
	}
	out.ContentType, out.Body = "application/json", boardOf(s, true)
	return out, nil
}

func etagOf(s boards.Stored) string { return strconv.Quote(strconv.Itoa(s.Version())) }

// boardFailed is the answer to what the library does not do.
func (a *api) boardFailed(_ context.Context, name string, err error) error {
	switch {
	case errors.Is(err, boards.ErrUnknown):
		return huma.NewError(http.StatusNotFound, err.Error())
	case errors.Is(err, boards.ErrReadOnly):
		return huma.NewError(http.StatusConflict, err.Error())
	case errors.Is(err, boards.ErrMoved):
		return huma.NewError(http.StatusPreconditionFailed, err.Error())
	}
	a.Logger.Error("a change of a board is not known to be on disk", "board", name, "error", err)
	return huma.NewError(http.StatusServiceUnavailable, "the change is not known to be on disk, the server's log may say why: send the request again")
}
