package outbox

import (
	"slices"
	"time"
)

// Outcome is how one attempt ended.
type Outcome string

// The outcomes. Unknown is an attempt that the end of the program interrupted:
// the receiver may have got it.
const (
	OutcomeDelivered Outcome = "delivered"
	OutcomeFailed    Outcome = "failed"   // tried again later
	OutcomeRejected  Outcome = "rejected" // the receiver will never take it
	OutcomeUnknown   Outcome = "unknown"
)

// Attempt is one attempt to send a message.
type Attempt struct {
	At      time.Time     `json:"at"`
	Took    time.Duration `json:"took"`
	Outcome Outcome       `json:"outcome"`
	// Answer is what the receiver answered, its status line or code.
	Answer string `json:"answer,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Receipt is what a receiver reported later about a message that it took.
type Receipt struct {
	At time.Time `json:"at"`
	// Ref is the receiver's own id of the message.
	Ref string `json:"ref,omitempty"`
	// To is the address, masked.
	To     string `json:"to,omitempty"`
	Status string `json:"status"`
	Error  string `json:"error,omitempty"`
}

const (
	firstAttempts = 10 // kept of each message, beside as many last ones
	maxReceipts   = 50
)

// tried notes an attempt.
func (m *Message) tried(a Attempt) {
	m.Tries++
	m.Attempts = append(slices.Clone(m.Attempts), a)
	if len(m.Attempts) > 2*firstAttempts {
		m.Attempts = slices.Delete(m.Attempts, firstAttempts, firstAttempts+1)
	}
}

// received notes a receipt; one that came before changes nothing.
func (m *Message) received(r Receipt) {
	known := slices.ContainsFunc(m.Receipts, func(o Receipt) bool {
		return o.Ref == r.Ref && o.To == r.To && o.Status == r.Status
	})
	if known || len(m.Receipts) >= maxReceipts {
		return
	}
	m.Receipts = append(slices.Clone(m.Receipts), r)
}
