package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/store"
)

// SQL answers queries by whoever may read.
type SQL interface {
	SQL(ctx context.Context, q store.SQLQuery) (*store.SQLAnswer, error)
	SQLTables() []store.SQLTable
	SQLFunctions() []string
}

// maxQuery is the longest query that is read.
const maxQuery = 64 << 10

type sqlInput struct {
	Body struct {
		SQL   string `json:"sql" maxLength:"65536" doc:"One SELECT over the tables events and alerts." example:"SELECT office, count(*) AS resolved FROM events WHERE metric = 'case.resolved' GROUP BY office"`
		Limit int    `json:"limit,omitempty" minimum:"1" maximum:"10000" default:"1000" doc:"How many rows are answered at most."`
	}
}

type sqlOutput struct {
	Body struct {
		Columns   []SQLColumn `json:"columns" nullable:"false"`
		Rows      sqlRows     `json:"rows"`
		Truncated bool        `json:"truncated" doc:"Whether there are more rows than limit, or than 8 MiB hold."`
		ElapsedMs float64     `json:"elapsedMs" doc:"How long the query ran."`
		AsOf      uint64      `json:"asOf" doc:"The number of the last event that the query saw."`
	}
}

// SQLColumn is a column of an answer. It is exported for OpenAPI.
type SQLColumn struct {
	Name string `json:"name"`
	Type string `json:"type" doc:"As DuckDB calls it." example:"VARCHAR"`
}

// sqlRows are the rows as the store wrote them.
type sqlRows struct{ json.RawMessage }

// Schema is an array of arrays of anything.
func (sqlRows) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: "array", Description: "A list a row, a value a column. Times are RFC 3339 text in UTC, lists and maps JSON; whole numbers beyond 2^53 and what is no number are texts.",
		Items: &huma.Schema{Type: "array", Items: &huma.Schema{}},
	}
}

type sqlSchemaOutput struct {
	Body struct {
		Tables    []SQLTable `json:"tables" nullable:"false"`
		Functions []string   `json:"functions" nullable:"false" doc:"The functions that a query may call."`
	}
}

// SQLTable and SQLTableColumn are exported for OpenAPI.
type SQLTable struct {
	Name    string           `json:"name" example:"events"`
	About   string           `json:"about"`
	Columns []SQLTableColumn `json:"columns" nullable:"false"`
}

// SQLTableColumn is a column of a table.
type SQLTableColumn struct {
	Name  string `json:"name" example:"office"`
	Type  string `json:"type" example:"VARCHAR"`
	About string `json:"about" doc:"What it holds."`
	Tag   string `json:"tag,omitempty" doc:"The key of the tag that it holds: DuckDB does not tell upper from lower case, so a name may differ from it."`
}

func (a *api) registerSQL(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "post-sql", Method: http.MethodPost, Path: "/api/sql", Tags: []string{"Read"},
		Summary: "Ask in SQL",
		Description: "Runs one SELECT of DuckDB's SQL over the tables events and alerts, which have everything acknowledged before the request. " +
			"It reads nothing else: no files, no network, no settings, no other tables; 403 says what was asked for. " +
			"A query has 10 seconds, 256 MiB of memory and an answer of 8 MiB; two run at a time, and more are answered 429. " +
			"A fault has its line and column in `errors[0].position` where they are known.",
		MaxBodyBytes: 2 * maxQuery,
		Errors: []int{http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge,
			http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, a.postSQL)
	huma.Register(spec, huma.Operation{
		OperationID: "get-sql-schema", Method: http.MethodGet, Path: "/api/sql/schema", Tags: []string{"Read"},
		Summary: "What a query in SQL may read and call", RejectUnknownQueryParameters: true,
		Errors: []int{http.StatusServiceUnavailable},
	}, a.getSQLSchema)
}

func (a *api) postSQL(ctx context.Context, in *sqlInput) (*sqlOutput, error) {
	synced, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	answer, err := a.SQL.SQL(synced, store.SQLQuery{SQL: in.Body.SQL, Limit: in.Body.Limit})
	if err != nil {
		return nil, a.notAnswered(synced, err)
	}
	out := &sqlOutput{}
	out.Body.Columns = []SQLColumn{}
	for _, c := range answer.Columns {
		out.Body.Columns = append(out.Body.Columns, SQLColumn(c))
	}
	out.Body.Rows, out.Body.Truncated, out.Body.AsOf = sqlRows{answer.Rows}, answer.Truncated, answer.Seq
	out.Body.ElapsedMs = float64(answer.Elapsed.Microseconds()) / 1000
	return out, nil
}

// notAnswered says why a query has no answer.
func (a *api) notAnswered(ctx context.Context, err error) error {
	if errors.Is(err, store.ErrBusy) {
		return huma.ErrorWithHeaders(huma.NewError(http.StatusTooManyRequests, err.Error()), http.Header{"Retry-After": {"1"}})
	}
	f, ok := errors.AsType[*store.SQLFault](err)
	if !ok {
		return a.failed(ctx, "events", err)
	}
	p := Problem{Status: http.StatusBadRequest, Detail: f.Detail, Errors: []FieldError{{Field: "sql", Detail: f.Detail}}}
	if f.Reason == store.SQLForbidden {
		p.Status = http.StatusForbidden
	}
	if f.Line > 0 {
		p.Errors[0].Position = fmt.Sprintf("%d:%d", f.Line, f.Column)
	}
	return p
}

func (a *api) getSQLSchema(ctx context.Context, _ *struct{}) (*sqlSchemaOutput, error) {
	_, cancel, err := a.synced(ctx) // an event that was just sent may bring a column
	if err != nil {
		return nil, err
	}
	defer cancel()
	out := &sqlSchemaOutput{}
	out.Body.Functions, out.Body.Tables = a.SQL.SQLFunctions(), []SQLTable{}
	for _, t := range a.SQL.SQLTables() {
		table := SQLTable{Name: t.Name, About: t.About}
		for _, c := range t.Columns {
			table.Columns = append(table.Columns, SQLTableColumn(c))
		}
		out.Body.Tables = append(out.Body.Tables, table)
	}
	return out, nil
}
