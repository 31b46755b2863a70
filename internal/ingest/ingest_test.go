package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fastjson"

	"github.com/hms-ops/hms-monitor/internal/event"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// memoryLog keeps what was appended; fail, when set, is every append's answer.
type memoryLog struct {
	mu     sync.Mutex
	blocks []*event.Block
	fail   error
	most   int
	gate   chan struct{}
}

func (l *memoryLog) MaxPayload() int { return l.most }

func (l *memoryLog) Append(_ context.Context, data []byte) (uint64, error) {
	if l.gate != nil {
		<-l.gate
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return 0, l.fail
	}
	b, err := event.DecodeBlock(data)
	if err != nil {
		return 0, err
	}
	l.blocks = append(l.blocks, b)
	return uint64(len(l.blocks)), nil
}

func (l *memoryLog) events() (all []event.Event) {
	for _, b := range l.blocks {
		for i := range b.Len() {
			all = append(all, b.Row(i))
		}
	}
	return all
}

func newIngester(t testing.TB, log *memoryLog, change func(*Options)) *Ingester {
	if log.most == 0 {
		log.most = 64 << 20
	}
	o := Options{Config: DefaultConfig(), Log: log, Now: func() time.Time { return noon }, Congested: func() (bool, error) { return false, nil }}
	if change != nil {
		change(&o)
	}
	in := New(o)
	t.Cleanup(in.Stop)
	return in
}

func TestTakesWhatTheContractNames(t *testing.T) {
	now := noon.UnixMilli()
	for name, c := range map[string]struct {
		format Format
		body   string
		want   []event.Event
	}{
		"one object": {JSON, `{"metricName":"case.resolved","value":1,"tags":{"caseId":"C-1","agentId":"a7"},"timestamp":1700000000000}`,
			[]event.Event{{Metric: "case.resolved", Value: 1, Time: 1700000000000, Tags: []event.Tag{{Key: "agentId", Value: "a7"}, {Key: "caseId", Value: "C-1"}}}}},
		"no tags, no time": {JSON, ` {"value": -2.5e1 , "metricName" : "a"} `, []event.Event{{Metric: "a", Value: -25, Time: now}}},
		"array":            {JSON, `[{"metricName":"a","value":1},{"metricName":"b","value":2}]`, []event.Event{{Metric: "a", Value: 1, Time: now}, {Metric: "b", Value: 2, Time: now}}},
		"empty array":      {JSON, ` [ ] `, nil},
		"lines": {NDJSON, "{\"metricName\":\"a\",\"value\":1}\r\n\n {\"metricName\":\"b\",\"value\":2}",
			[]event.Event{{Metric: "a", Value: 1, Time: now}, {Metric: "b", Value: 2, Time: now}}},
		"tags of all kinds": {JSON, `{"metricName":"a","value":1,"tags":{"n":1.50,"t":true,"f":false,"s":"","e":"x\u00e9\ny"}}`,
			[]event.Event{{Metric: "a", Value: 1, Time: now, Tags: []event.Tag{{Key: "e", Value: "xé\ny"}, {Key: "f", Value: "false"}, {Key: "n", Value: "1.50"}, {Key: "s", Value: ""}, {Key: "t", Value: "true"}}}}},
		"identity":       {JSON, `{"metricName":"a","value":1,"id":"7","source":"permits"}`, []event.Event{{Metric: "a", Value: 1, Time: now, ID: "7", Source: "permits"}}},
		"RFC 3339":       {JSON, `{"metricName":"a","value":1,"timestamp":"2026-01-31T07:00:00.250-05:00"}`, []event.Event{{Metric: "a", Value: 1, Time: now + 250}}},
		"time as float":  {JSON, `{"metricName":"a","value":1,"timestamp":1.7e12}`, []event.Event{{Metric: "a", Value: 1, Time: 1700000000000}}},
		"time 0":         {JSON, `{"metricName":"a","value":1,"timestamp":0}`, []event.Event{{Metric: "a", Value: 1}}},
		"ten min ahead":  {JSON, fmt.Sprintf(`{"metricName":"a","value":1,"timestamp":%d}`, now+600_000), []event.Event{{Metric: "a", Value: 1, Time: now + 600_000}}},
		"escaped member": {JSON, `{"metric\u004eame":"a","value":1}`, []event.Event{{Metric: "a", Value: 1, Time: now}}},
		"a tag named constructor": {JSON, `{"metricName":"a","value":1,"tags":{"__proto__":"x"}}`,
			[]event.Event{{Metric: "a", Value: 1, Time: now, Tags: []event.Tag{{Key: "__proto__", Value: "x"}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			var log memoryLog
			in := newIngester(t, &log, nil)
			if err := in.Take(t.Context(), []byte(c.body), c.format, ""); err != nil {
				t.Fatal(err)
			}
			if got := log.events(); !reflect.DeepEqual(got, c.want) {
				t.Fatalf("stored %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestRefusesNamingIndexAndField(t *testing.T) {
	ok := `{"metricName":"a","value":1}`
	tags := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`"k%d":"v"`, i))
		}
		return `{"metricName":"a","value":1,"tags":{` + strings.Join(all, ",") + `}}`
	}
	for name, c := range map[string]struct {
		body   string
		index  int
		field  string
		detail string // a part of it
		reason Reason
	}{
		"empty body":         {"", 0, "", "empty", Malformed},
		"blank body":         {" \n", 0, "", "empty", Malformed},
		"broken":             {`{"metricName":"a","value":1`, 0, "", "malformed JSON", Malformed},
		"truncated text":     {`{"metricName":"a`, 0, "", "malformed JSON", Malformed},
		"two objects":        {ok + ok, 1, "", "x-ndjson", Malformed},
		"trailing comma":     {"[" + ok + ",]", 1, "", "malformed JSON", Malformed},
		"open array":         {"[" + ok, 1, "", "does not end", Malformed},
		"not an object":      {"[" + ok + ", 7]", 1, "", "is a number", Malformed},
		"just text":          {`"x"`, 0, "", "is text", Malformed},
		"NaN":                {`{"metricName":"a","value":NaN}`, 0, "", "malformed JSON", Malformed},
		"1e999":              {"[" + ok + `,{"metricName":"a","value":1e999}]`, 1, "value", "beyond the range", Malformed},
		"null value":         {`{"metricName":"a","value":null}`, 0, "value", "null", Malformed},
		"text value":         {`{"metricName":"a","value":"1"}`, 0, "value", "finite number", Malformed},
		"no value":           {`{"metricName":"a"}`, 0, "value", "missing", Malformed},
		"no name":            {`{"value":1}`, 0, "metricName", "missing", Malformed},
		"empty name":         {`{"metricName":"","value":1}`, 0, "metricName", "empty", Malformed},
		"number for a name":  {`{"metricName":5,"value":1}`, 0, "metricName", "must be text", Malformed},
		"long name":          {`{"metricName":"` + strings.Repeat("x", 256) + `","value":1}`, 0, "metricName", "256 bytes", Malformed},
		"null byte in name":  {`{"metricName":"a\u0000b","value":1}`, 0, "metricName", "control", Malformed},
		"raw null byte":      {"{\"metricName\":\"a\x00b\",\"value\":1}", 0, "", "malformed JSON", Malformed},
		"null byte in tag":   {`{"metricName":"a","value":1,"tags":{"k":"\u0000"}}`, 0, "tags.k", "null byte", Malformed},
		"bad UTF-8":          {"{\"metricName\":\"\xff\",\"value\":1}", 0, "", "malformed JSON", Malformed},
		"lone surrogate":     {`{"metricName":"\ud800","value":1}`, 0, "", "malformed JSON", Malformed},
		"70 tags":            {tags(70), 0, "tags", "70 tags, at most 64", Malformed},
		"2 MB tag":           {`{"metricName":"a","value":1,"tags":{"k":"` + strings.Repeat("x", 2<<20) + `"}}`, 0, "tags.k", "at most 1024", Malformed},
		"long key":           {`{"metricName":"a","value":1,"tags":{"` + strings.Repeat("k", 129) + `":"x"}}`, 0, "tags", "129 bytes", Malformed},
		"empty key":          {`{"metricName":"a","value":1,"tags":{"":"x"}}`, 0, "tags", "without a key", Malformed},
		"null tag":           {`{"metricName":"a","value":1,"tags":{"k":null}}`, 0, "tags.k", "null", Malformed},
		"nested tag":         {`{"metricName":"a","value":1,"tags":{"k":{"x":1}}}`, 0, "tags.k", "an object", Malformed},
		"tags as array":      {`{"metricName":"a","value":1,"tags":["x"]}`, 0, "tags", "an array", Malformed},
		"duplicate member":   {`{"metricName":"a","value":1,"value":2}`, 0, "", `"value" stands twice`, Malformed},
		"duplicate tag":      {`{"metricName":"a","value":1,"tags":{"k":"1","k":"2"}}`, 0, "tags.k", "twice", Malformed},
		"duplicate, escaped": {`{"metricName":"a","value":1,"tags":{"k":"1","\u006b":"2"}}`, 0, "", `"tags.k" stands twice`, Malformed},
		"unknown member":     {`{"metricName":"a","value":1,"metric":"b"}`, 0, "metric", "not a member", Malformed},
		"deep nesting":       {`{"metricName":"a","value":` + strings.Repeat("[", 100_000), 0, "", "malformed JSON", Malformed},
		"deep array":         {strings.Repeat("[", 100_000), 0, "", "malformed JSON", Malformed},
		"year 9999":          {`{"metricName":"a","value":1,"timestamp":"9999-12-31T23:59:59Z"}`, 0, "timestamp", "ahead of the server's clock", Malformed},
		"far future ms":      {`{"metricName":"a","value":1,"timestamp":9007199254740991}`, 0, "timestamp", "ahead", Malformed},
		"11 minutes ahead":   {fmt.Sprintf(`{"metricName":"a","value":1,"timestamp":%d}`, noon.UnixMilli()+660_000), 0, "timestamp", "ahead", Malformed},
		"negative time":      {`{"metricName":"a","value":1,"timestamp":-1}`, 0, "timestamp", "before 1970", Malformed},
		"fractional time":    {`{"metricName":"a","value":1,"timestamp":1700000000000.5}`, 0, "timestamp", "whole number", Malformed},
		"huge time":          {`{"metricName":"a","value":1,"timestamp":1e300}`, 0, "timestamp", "whole number", Malformed},
		"no date":            {`{"metricName":"a","value":1,"timestamp":"yesterday"}`, 0, "timestamp", "RFC 3339", Malformed},
		"null time":          {`{"metricName":"a","value":1,"timestamp":null}`, 0, "timestamp", "null", Malformed},
		"empty id":           {`{"metricName":"a","value":1,"id":""}`, 0, "id", "empty", Malformed},
		"number id":          {`{"metricName":"a","value":1,"id":7}`, 0, "id", "must be text", Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			var log memoryLog
			in := newIngester(t, &log, nil)
			err := in.Take(t.Context(), []byte(c.body), JSON, "")
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("answered %v, want a refusal", err)
			}
			if refusal.Reason != c.reason || len(refusal.Errors) == 0 {
				t.Fatalf("refusal %+v", refusal)
			}
			if e := refusal.Errors[0]; e.Index != c.index || e.Field != c.field || !strings.Contains(e.Detail, c.detail) {
				t.Fatalf("fault %+v, want index %d, field %q, detail with %q", e, c.index, c.field, c.detail)
			}
			if len(log.blocks) != 0 {
				t.Fatal("something was stored")
			}
		})
	}
}

func TestEveryFaultyLineIsNamed(t *testing.T) {
	var log memoryLog
	in := newIngester(t, &log, nil)
	body := "{\"metricName\":\"a\",\"value\":1}\n{broken\n{\"metricName\":\"a\"}\n"
	var refusal *Refusal
	if err := in.Take(t.Context(), []byte(body), NDJSON, ""); !errors.As(err, &refusal) || len(refusal.Errors) != 2 ||
		refusal.Errors[0].Index != 1 || refusal.Errors[1].Index != 2 {
		t.Fatalf("refusal %+v", refusal)
	}
}

func TestTagKeysAreLimited(t *testing.T) {
	var log memoryLog
	in := newIngester(t, &log, func(o *Options) { o.Config.MaxTagKeys = 2; o.TagKeys = []string{"a"} })
	take := func(body string) error { return in.Take(t.Context(), []byte(body), JSON, "") }
	if err := take(`{"metricName":"m","value":1,"tags":{"a":"1","b":"1"}}`); err != nil {
		t.Fatal(err)
	}
	var refusal *Refusal
	err := take(`[{"metricName":"m","value":1},{"metricName":"m","value":1,"tags":{"c":"1"}}]`)
	if !errors.As(err, &refusal) || refusal.Errors[0].Index != 1 || refusal.Errors[0].Field != "tags.c" {
		t.Fatalf("a third key answered %v", err)
	}
	if err := take(`{"metricName":"m","value":1,"tags":{"b":"2"}}`); err != nil {
		t.Fatal(err)
	}
}

func TestConcurrentRequestsShareAnAppend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memoryLog{gate: make(chan struct{})}
		in := newIngester(t, &log, nil)
		for i := range 100 {
			go func() {
				if err := in.Take(context.Background(), fmt.Appendf(nil, `{"metricName":"m","value":%d}`, i), JSON, fmt.Sprint("key", i)); err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait() // every request waits, none of them for the gate alone
		close(log.gate)
		synctest.Wait()
		seen := map[float64]string{}
		for _, b := range log.blocks {
			for _, r := range b.Requests {
				for i := range r.Count {
					seen[b.Values[r.First+i]] = r.Key
				}
			}
		}
		for i := range 100 {
			if seen[float64(i)] != fmt.Sprint("key", i) {
				t.Fatalf("event %d is under key %q", i, seen[float64(i)])
			}
		}
		if len(log.blocks) > appendsInFlight+1 {
			t.Fatalf("100 requests took %d appends", len(log.blocks))
		}
	})
}

func TestSmallPayloadLimitSplitsGroupsNotRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memoryLog{gate: make(chan struct{}), most: 400}
		in := newIngester(t, &log, nil)
		for i := range 60 {
			go func() {
				body := fmt.Sprintf(`[{"metricName":"m%d","value":1},{"metricName":"m%d","value":2}]`, i, i)
				if err := in.Take(context.Background(), []byte(body), JSON, ""); err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		close(log.gate)
		synctest.Wait()
		if got := len(log.events()); got != 120 {
			t.Fatalf("%d events stored, want 120", got)
		}
		var refusal *Refusal
		huge := `{"metricName":"` + strings.Repeat("m", 250) + `","value":1,"tags":{"k":"` + strings.Repeat("v", 250) + `"}}`
		if err := in.Take(t.Context(), []byte(huge), JSON, ""); !errors.As(err, &refusal) || refusal.Reason != TooLarge {
			t.Fatalf("a request above the log's limit answered %v", err)
		}
	})
}

func TestLogFailuresAreRefusals(t *testing.T) {
	for fail, reason := range map[error]Reason{ErrNoSpace: NoSpace, ErrUnavailable: Unavailable} {
		log := memoryLog{fail: fmt.Errorf("append: %w", fail)}
		in := newIngester(t, &log, nil)
		var refusal *Refusal
		if err := in.Take(t.Context(), []byte(`{"metricName":"m","value":1}`), JSON, ""); !errors.As(err, &refusal) || refusal.Reason != reason {
			t.Fatalf("%v became %v", fail, err)
		}
	}
	for reason, fault := range map[Reason]error{Overloaded: nil, Unavailable: errors.New("no space left on device")} {
		in := newIngester(t, &memoryLog{}, func(o *Options) { o.Congested = func() (bool, error) { return true, fault } })
		var refusal *Refusal
		if err := in.Take(t.Context(), []byte(`{"metricName":"m","value":1}`), JSON, ""); !errors.As(err, &refusal) || refusal.Reason != reason {
			t.Fatalf("congestion for %v became %v", fault, err)
		}
	}
}

func testBounds() bounds {
	in := Ingester{options: Options{Config: DefaultConfig(), Now: func() time.Time { return noon }}}
	return in.bounds()
}

// FuzzScanAgreesWithParse holds the fast reader to the complete one: what the
// first takes, the second takes too, and reads the same.
func FuzzScanAgreesWithParse(f *testing.F) {
	for _, s := range []string{
		`{"metricName":"case.resolved","value":1,"tags":{"caseId":"C-1","n":1.5e3},"timestamp":1700000000000,"id":"i","source":"s"}`,
		`{"metricName":"é","value":-0.0,"tags":{}} `, `{"value":01}`, `{"tags":{"a":1,"a":2}}`, `{"value":1e5,"x":1}`, `{"metricName":"a\n"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var fast, full raw
		end, ok := scanEvent(body, 0, &fast)
		if !ok {
			return
		}
		var p parser
		var faults []string
		fullEnd, err := p.parseEvent(body, 0, &full, func(field, detail string) { faults = append(faults, field+": "+detail) })
		if err != nil {
			// A repeated tag is the one thing that only appendTo finds.
			if strings.Contains(err.Error(), "twice") {
				var b event.Builder
				if fast.appendTo(&b, 0) != nil {
					return
				}
			}
			t.Fatalf("fast took %q, full says %v", body, err)
		}
		if len(faults) > 0 || end != fullEnd || fast.seen != full.seen || fast.time != full.time ||
			math.Float64bits(fast.value) != math.Float64bits(full.value) ||
			!bytes.Equal(fast.metric, full.metric) || !bytes.Equal(fast.id, full.id) || !bytes.Equal(fast.source, full.source) ||
			len(fast.tags) != len(full.tags) {
			t.Fatalf("%q: fast %+v to %d, full %+v to %d, faults %v", body, fast, end, full, fullEnd, faults)
		}
		for i := range fast.tags {
			if !bytes.Equal(fast.tags[i].key, full.tags[i].key) || !bytes.Equal(fast.tags[i].value, full.tags[i].value) {
				t.Fatalf("%q: tag %d differs", body, i)
			}
		}
	})
}

// FuzzDecode holds every body to: decoded to rows within the limits, or refused
// with a fault; and what is decoded as lines reads the same as an array.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"metricName":"a","value":1}`), true)
	f.Add([]byte(`[{"metricName":"a","value":1},{"metricName":"b","value":2,"tags":{"k":true}}]`), false)
	f.Add([]byte("{\"metricName\":\"a\",\"value\":1}\n{\"metricName\":\"b\",\"value\":1}"), true)
	f.Fuzz(func(t *testing.T, body []byte, lines bool) {
		d := decoder{bounds: testBounds(), most: 1000}
		format := JSON
		if lines {
			format = NDJSON
		}
		if r := d.decode(body, format); r != nil {
			if len(r.Errors) == 0 && r.Reason == Malformed {
				t.Fatalf("%q refused without a fault", body)
			}
			return
		}
		block := d.builder.Block()
		for i := range block.Len() {
			e := block.Row(i)
			if e.Metric == "" || math.IsNaN(e.Value) || math.IsInf(e.Value, 0) || e.Time < 0 || len(e.Tags) > 64 {
				t.Fatalf("%q became %+v", body, e)
			}
		}
		if _, err := event.DecodeBlock(block.AppendBinary(nil)); err != nil {
			t.Fatal(err)
		}
	})
}

func officeLines(n int) []byte {
	var b []byte
	for i := range n {
		b = fmt.Appendf(b, `{"metricName":"%s","value":1,"tags":{"caseId":"C-%07d","agentId":"agent-%04d","office":"office-%02d","channel":"%s","priority":"%d"},"timestamp":%d}`+"\n",
			[]string{"case.opened", "case.resolved"}[i%2], i/4, i*7919%2000, i%50, []string{"phone", "web", "mail", "desk"}[i%4], i%3, noon.UnixMilli()-1000+int64(i))
	}
	return b
}

func BenchmarkDecode(b *testing.B) {
	const n = 1000
	body := officeLines(n)
	perEvent := func(b *testing.B) { b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event") }
	b.Run("to columns/events=1000", func(b *testing.B) {
		d := decoder{bounds: testBounds(), most: n}
		for b.Loop() {
			if r := d.decode(body, NDJSON); r != nil {
				b.Fatal(r)
			}
		}
		perEvent(b)
	})
	b.Run("scan only/events=1000", func(b *testing.B) {
		var r raw
		for b.Loop() {
			for i := 0; i < len(body); i++ {
				r.reset()
				next, ok := scanEvent(body, i, &r)
				if !ok {
					b.Fatal("not taken")
				}
				i = next
			}
		}
		perEvent(b)
	})
	b.Run("complete parser/events=1000", func(b *testing.B) {
		var r raw
		var p parser
		for b.Loop() {
			for line := range bytes.Lines(body) {
				r.reset()
				if _, err := p.parseEvent(line, 0, &r, func(_, d string) { b.Fatal(d) }); err != nil {
					b.Fatal(err)
				}
			}
		}
		perEvent(b)
	})
	b.Run("fastjson/events=1000", func(b *testing.B) {
		var p fastjson.Parser
		for b.Loop() {
			for line := range bytes.Lines(body) {
				v, err := p.ParseBytes(line)
				if err != nil || len(v.GetStringBytes("metricName")) == 0 || v.GetFloat64("value") != 1 {
					b.Fatal(err)
				}
			}
		}
		perEvent(b)
	})
	b.Run("encoding json/events=1000", func(b *testing.B) {
		for b.Loop() {
			for line := range bytes.Lines(body) {
				var e struct {
					MetricName string
					Value      float64
					Tags       map[string]string
					Timestamp  int64
				}
				if err := json.Unmarshal(line, &e); err != nil {
					b.Fatal(err)
				}
			}
		}
		perEvent(b)
	})
}
