//go:build linux

package load

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"
)

// The events are those of an office: 2,000 agents in 50 offices handle cases
// that come by 4 channels at 3 priorities; each case has 4 events. About 200
// bytes of JSON an event.
const (
	agents, offices = 2000, 50
	eventsPerCase   = 4
	caseDigits      = 9
	timeDigits      = 13
	spread          = 2000 // ms that the events of a request lie apart
)

// Request is an HTTP request with its events. Case number and time are written
// into it anew each time it is sent, the rest stays.
type Request struct {
	text   []byte
	events int
	caseAt []int
	timeAt []int
	lag    []int64
}

// Source renders requests and numbers their cases.
type Source struct {
	addr string
	rng  *rand.Rand
	next uint64 // event
}

// NewSource makes requests to the server at addr. The same seed makes the same.
func NewSource(addr string, seed uint64) *Source {
	return &Source{addr: addr, rng: rand.New(rand.NewPCG(seed, 1))}
}

// Render makes a request with n events: one object, or NDJSON for several.
func (s *Source) Render(n int) *Request {
	r := &Request{events: n}
	var body bytes.Buffer
	for i := range n {
		s.event(r, &body, i)
	}
	contentType := "application/json"
	if n > 1 {
		contentType = "application/x-ndjson"
	}
	head := fmt.Sprintf("POST /metrics HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		s.addr, contentType, body.Len())
	r.text = append([]byte(head), body.Bytes()...)
	for i := range n {
		r.caseAt[i] += len(head)
		r.timeAt[i] += len(head)
	}
	return r
}

func (s *Source) event(r *Request, b *bytes.Buffer, i int) {
	metrics := [eventsPerCase]string{"case.opened", "case.assigned", "case.edited", "case.resolved"}
	channels := [4]string{"phone", "web", "mail", "counter"}
	priorities := [3]string{"low", "normal", "high"}
	fmt.Fprintf(b, `{"metricName":"%s","value":%.1f,"tags":{"caseId":"C-`, metrics[i%len(metrics)], 1+99*s.rng.Float64())
	r.caseAt = append(r.caseAt, b.Len())
	fmt.Fprintf(b, `%0*d","agentId":"agent-%04d","office":"field-office-%02d","channel":"%s","priority":"%s"},"timestamp":`,
		caseDigits, 0, s.rng.IntN(agents), s.rng.IntN(offices), channels[s.rng.IntN(4)], priorities[s.rng.IntN(3)])
	r.timeAt = append(r.timeAt, b.Len())
	fmt.Fprintf(b, "%0*d}", timeDigits, 0)
	if r.events > 1 {
		b.WriteByte('\n')
	}
	r.lag = append(r.lag, s.rng.Int64N(spread))
}

// stamp gives the request the next cases and the present time.
func (s *Source) stamp(r *Request) []byte {
	now := time.Now().UnixMilli()
	for i := range r.events {
		digits(r.text[r.caseAt[i]:][:caseDigits], s.next/eventsPerCase)
		digits(r.text[r.timeAt[i]:][:timeDigits], uint64(now-r.lag[i]))
		s.next++
	}
	return r.text
}

// stampOne gives a request of one event a number that the stream brings back.
func stampOne(r *Request, number int) []byte {
	digits(r.text[r.caseAt[0]:][:caseDigits], uint64(number))
	digits(r.text[r.timeAt[0]:][:timeDigits], uint64(time.Now().UnixMilli()))
	return r.text
}

// numberOf reads back what stampOne wrote; -1 if the event has none.
func numberOf(event []byte) int {
	at := bytes.Index(event, []byte(`"C-`))
	if at < 0 || len(event) < at+3+caseDigits {
		return -1
	}
	n := 0
	for _, c := range event[at+3 : at+3+caseDigits] {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func digits(into []byte, n uint64) {
	for i := len(into) - 1; i >= 0; i-- {
		into[i] = byte('0' + n%10)
		n /= 10
	}
}
