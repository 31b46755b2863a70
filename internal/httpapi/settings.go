package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/reports"
)

// Agency is what the configuration says of whose server it is.
type Agency struct {
	// TimeZone is the zone's name as configured, "" for none; Zone is UTC then.
	TimeZone string
	Zone     *time.Location
	Language reports.Language
}

type settingsOutput struct {
	Body struct {
		TimeZone string           `json:"timeZone,omitempty" doc:"The agency's time zone, by the name of the IANA database; absent where none is configured." example:"America/New_York"`
		Language reports.Language `json:"language" enum:"en,es" doc:"The language of the agency's reports."`
	}
}

func (a *api) registerSettings(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "get-settings", Method: http.MethodGet, Path: "/api/settings", Tags: []string{"Server"},
		Summary: "The agency's time zone and language", RejectUnknownQueryParameters: true,
	}, func(context.Context, *struct{}) (*settingsOutput, error) {
		of := a.agency()
		out := &settingsOutput{}
		out.Body.TimeZone, out.Body.Language = of.TimeZone, of.Language
		return out, nil
	})
}

// agency is that of the configuration in force.
func (a *api) agency() Agency {
	if a.Agency == nil { // not there in every test
		return Agency{Zone: time.UTC, Language: reports.English}
	}
	return a.Agency()
}
