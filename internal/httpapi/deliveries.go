package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/auth"
)

// Deliveries is what was sent to whom, and what became of it.
type Deliveries interface {
	Deliveries(q DeliveryQuery) []Delivery
	Retry(ctx context.Context, id string) (Delivery, error)
	Acknowledge(ctx context.Context, alertID, who, note string) (Acknowledgement, error)
	// Acknowledgements are the newest first; those that ended only where asked for.
	Acknowledgements(ended bool) []Acknowledgement
	Receivers() []Receiver
}

// Errors of Deliveries, which the API answers with 404, 409 and 400.
var (
	ErrNoDelivery = errors.New("no such delivery or alert")
	ErrSettled    = errors.New("settled already")
	ErrWrong      = errors.New("wrong request")
)

// DeliveryQuery selects deliveries; what is zero selects all.
type DeliveryQuery struct {
	Alert, Receiver, State string
	From, To               int64 // ms; To excluded
	Before                 uint64
	Limit                  int
}

// Delivery is one notification to one integration of a receiver. Times are ms.
type Delivery struct {
	ID           string            `json:"id"`
	Seq          uint64            `json:"seq" doc:"The order in which messages were stored."`
	Notification string            `json:"notification" doc:"The same for the messages of all integrations of a receiver about one state of a group."`
	Receiver     string            `json:"receiver"`
	Integration  string            `json:"integration" doc:"email, webhook, sms, ..." example:"email"`
	Index        int               `json:"index" doc:"Counts the integrations of one kind within the receiver."`
	Severity     string            `json:"severity"`
	Resolved     bool              `json:"resolved" doc:"Whether no alert of it fires."`
	Alerts       []DeliveredAlert  `json:"alerts" nullable:"false"`
	State        string            `json:"state" enum:"pending,delivered,dead" doc:"dead: given up, and sent again only when asked for."`
	Stored       int64             `json:"stored" doc:"When it was on disk, before anything was sent."`
	Done         int64             `json:"done,omitempty" doc:"When it was delivered or given up."`
	Tries        int               `json:"tries"`
	Attempts     []DeliveryAttempt `json:"attempts" nullable:"false" doc:"The first and the last ones."`
	Receipts     []Receipt         `json:"receipts" nullable:"false" doc:"What the receiver reported later."`
	Origin       string            `json:"origin,omitempty" enum:"fallback,escalation,report" doc:"Why it was sent although no route asked for it."`
	OriginOf     string            `json:"originReceiver,omitempty" doc:"Whose messages failed, or were not acknowledged."`

	Report  string `json:"report,omitempty" doc:"The report that it is, by its name: it has no alerts."`
	Subject string `json:"subject,omitempty" doc:"The report's subject."`

	Acknowledgements []Acknowledgement `json:"acknowledgements" nullable:"false"`
}

// DeliveredAlert is an alert of a delivery, as it stood then.
type DeliveredAlert struct {
	ID       string            `json:"id,omitempty" doc:"As in the alert history; absent for one that another system sent without."`
	Labels   map[string]string `json:"labels"`
	Summary  string            `json:"summary,omitempty"`
	Resolved bool              `json:"resolved"`
}

// DeliveryAttempt is one attempt to send.
type DeliveryAttempt struct {
	At      int64   `json:"at"`
	TookMs  float64 `json:"tookMs"`
	Outcome string  `json:"outcome" enum:"delivered,failed,rejected,unknown" doc:"failed is tried again; unknown: the server ended meanwhile."`
	Answer  string  `json:"answer,omitempty" example:"250 OK"`
	Error   string  `json:"error,omitempty"`
}

// Receipt is what a receiver reported about a message that it had taken.
type Receipt struct {
	At     int64  `json:"at"`
	To     string `json:"to,omitempty" doc:"The address, masked."`
	Status string `json:"status" example:"delivered"`
	Error  string `json:"error,omitempty"`
}

// Acknowledgement is somebody's word that an alert is being seen to.
type Acknowledgement struct {
	ID     string            `json:"id"`
	Who    string            `json:"who"`
	Note   string            `json:"note,omitempty"`
	At     int64             `json:"at"`
	Ended  int64             `json:"ended,omitempty" doc:"When the alert recovered or became worse, which ends the acknowledgement."`
	Labels map[string]string `json:"labels"`
	Alerts []string          `json:"alerts" nullable:"false" doc:"The ids of the alerts that it was given for."`
}

// Receiver is how one integration of a receiver stands.
type Receiver struct {
	Receiver     string `json:"receiver"`
	Integration  string `json:"integration"`
	Index        int    `json:"index"`
	Pending      int    `json:"pending"`
	Delivered    int    `json:"delivered"`
	Dead         int    `json:"dead"`
	Oldest       int64  `json:"oldest,omitempty" doc:"When the oldest pending message was stored."`
	FailingSince int64  `json:"failingSince,omitempty" doc:"Since when nothing goes through; absent where all is well."`
}

type deliveriesInput struct {
	Alert    string `query:"alert" doc:"The id of an alert, as in the history."`
	Receiver string `query:"receiver"`
	State    string `query:"state" enum:"pending,delivered,dead"`
	From     moment `query:"from" doc:"Stored at this time or later."`
	To       moment `query:"to" doc:"Stored before this time."`
	Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor   string `query:"cursor" doc:"The next of the page before."`
}

type deliveriesOutput struct {
	Body struct {
		Deliveries []Delivery `json:"deliveries" nullable:"false"`
		Next       *string    `json:"next" doc:"The cursor of the next page; null at the end."`
	}
}

type deliveryOutput struct{ Body Delivery }

type receiversOutput struct {
	Body struct {
		Receivers []Receiver `json:"receivers" nullable:"false"`
	}
}

type acknowledgeInput struct {
	ID   string `path:"id" doc:"The alert's, as in the history." example:"4711.1"`
	Body struct {
		Who  string `json:"who,omitempty" maxLength:"200" doc:"Who sees to it; the name of the token unless given."`
		Note string `json:"note,omitempty" maxLength:"2000"`
	}
}

type acknowledgementsOutput struct {
	Body struct {
		Acknowledgements []Acknowledgement `json:"acknowledgements" nullable:"false"`
	}
}

type acknowledgeOutput struct{ Body Acknowledgement }

func (a *api) registerDeliveries(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-deliveries", Method: http.MethodGet, Path: "/api/deliveries", Tags: []string{"Alerts"},
		Summary:     "Notifications and the proof of their delivery, newest first",
		Description: "A notification is on disk before it is sent. Each attempt, the receiver's answer, later receipts and acknowledgements stand with it.",
		Errors:      []int{http.StatusBadRequest},
	}, a.listDeliveries)
	huma.Register(spec, huma.Operation{
		OperationID: "retry-delivery", Method: http.MethodPost, Path: "/api/deliveries/{id}/retry", Tags: []string{"Alerts"},
		Summary:     "Send a notification again that was given up, or at once one that waits",
		Description: "Needs the role operate.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
	}, a.retryDelivery)
	huma.Register(spec, huma.Operation{
		OperationID: "list-receivers", Method: http.MethodGet, Path: "/api/receivers", Tags: []string{"Alerts"},
		Summary: "How each receiver's integrations stand",
	}, a.listReceivers)
	huma.Register(spec, huma.Operation{
		OperationID: "list-acknowledgements", Method: http.MethodGet, Path: "/api/acknowledgements", Tags: []string{"Alerts"},
		Summary: "Who sees to which alerts, newest first",
	}, a.listAcknowledgements)
	huma.Register(spec, huma.Operation{
		OperationID: "acknowledge-alert", Method: http.MethodPost, Path: "/api/alerts/{id}/acknowledge", Tags: []string{"Alerts"},
		Summary:     "Say that somebody sees to an alert",
		Description: "Needs the role operate. It ends the escalation of the alert, and holds until the alert recovers or becomes worse.",
		Errors:      []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
	}, a.acknowledge)
}

func (a *api) listDeliveries(_ context.Context, in *deliveriesInput) (*deliveriesOutput, error) {
	q := DeliveryQuery{Alert: in.Alert, Receiver: in.Receiver, State: in.State, From: in.From.or(0), To: in.To.or(0), Limit: in.Limit}
	if in.Cursor != "" {
		text, err := decodeCursor(in.Cursor)
		if err != nil {
			return nil, err
		}
		if q.Before, err = strconv.ParseUint(text, 10, 64); err != nil {
			return nil, badCursor()
		}
	}
	out := &deliveriesOutput{}
	out.Body.Deliveries = append([]Delivery{}, a.Deliveries.Deliveries(q)...)
	if n := len(out.Body.Deliveries); n == in.Limit {
		out.Body.Next = encodeCursor(strconv.FormatUint(out.Body.Deliveries[n-1].Seq, 10))
	}
	return out, nil
}

func (a *api) retryDelivery(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*deliveryOutput, error) {
	d, err := a.Deliveries.Retry(ctx, in.ID)
	if err != nil {
		return nil, a.notDelivered(err)
	}
	return &deliveryOutput{d}, nil
}

func (a *api) listReceivers(context.Context, *struct{}) (*receiversOutput, error) {
	out := &receiversOutput{}
	out.Body.Receivers = append([]Receiver{}, a.Deliveries.Receivers()...)
	return out, nil
}

func (a *api) listAcknowledgements(_ context.Context, in *struct {
	Ended bool `query:"ended" doc:"Those as well that ended, because the alert recovered or became worse."`
}) (*acknowledgementsOutput, error) {
	out := &acknowledgementsOutput{}
	out.Body.Acknowledgements = append([]Acknowledgement{}, a.Deliveries.Acknowledgements(in.Ended)...)
	return out, nil
}

func (a *api) acknowledge(ctx context.Context, in *acknowledgeInput) (*acknowledgeOutput, error) {
	who := in.Body.Who
	if who == "" {
		who = auth.NameOf(ctx)
	}
	ack, err := a.Deliveries.Acknowledge(ctx, in.ID, who, in.Body.Note)
	if err != nil {
		return nil, a.notDelivered(err)
	}
	return &acknowledgeOutput{ack}, nil
}

func (a *api) notDelivered(err error) error {
	for cause, status := range map[error]int{
		ErrNoDelivery: http.StatusNotFound, ErrSettled: http.StatusConflict, ErrWrong: http.StatusBadRequest,
	} {
		if errors.Is(err, cause) {
			return huma.NewError(status, err.Error())
		}
	}
	a.Logger.Error("a change of a delivery is not known to be on disk", "error", err)
	return huma.NewError(http.StatusServiceUnavailable, "the change is not known to be on disk, the server's log may say why: send the request again")
}
