package conflict

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// said makes an event of case 1 from a line as "90s case.edited a version=2".
func said(line string) event.Event {
	words := strings.Fields(line)
	after, err := time.ParseDuration(words[0])
	if err != nil {
		panic(err)
	}
	e := event.Event{Metric: words[1], Time: after.Milliseconds(), Value: 1}
	tags := map[string]string{"caseId": "1"}
	for i, word := range words[2:] {
		if key, value, ok := strings.Cut(word, "="); ok {
			tags[key] = value
		} else if i == 0 {
			tags["agentId"] = word
		}
	}
	for key, value := range tags {
		if value != "" {
			e.Tags = append(e.Tags, event.Tag{Key: key, Value: value})
		}
	}
	return e
}

// play applies a script, in order and in the opposite order, and gives the level
// as of an instant.
func play(t *testing.T, s *Spec, lines string, l level, at time.Duration) string {
	t.Helper()
	var told [2]string
	for i := range told {
		b := newBench(s, 24*time.Hour)
		var events []event.Event
		for line := range strings.Lines(lines) {
			if line = strings.TrimSpace(line); line != "" {
				events = append(events, said(line))
			}
		}
		for n := range events {
			if i == 1 {
				n = len(events) - 1 - n
			}
			b.apply(events[n])
		}
		f := b.Value(kpi.Query{From: 0, At: at.Milliseconds() + 1})[0].Figures.(Figures)
		x := [levels]Level{f.L0, f.L1, f.L2, f.L3, f.Proxy.Level}[l]
		told[i] = fmt.Sprintf("started %d open %d", x.Started, x.Open)
		if x.Clearance.N > x.Clearance.Censored && x.Clearance.Median != nil {
			told[i] += fmt.Sprintf(" cleared after %vs", *x.Clearance.Median)
		}
		if b.index.Missing() > 0 {
			t.Fatal("facts that were to be taken out were missing")
		}
	}
	if told[0] != told[1] {
		t.Fatalf("in order: %s; the other way round: %s", told[0], told[1])
	}
	return told[0]
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		name  string
		level level
		at    time.Duration
		want  string
		lines string
	}{
		// L0
		{"leases overlap", coPresence, time.Minute, "started 1 open 1", "0s presence.started a\n50s presence.started b"},
		{"the first lease ends", coPresence, 10 * time.Minute, "started 1 open 0 cleared after 40s", "0s presence.started a\n50s presence.started b"},
		{"beats renew it", coPresence, 10 * time.Minute, "started 1 open 0 cleared after 100s", "0s presence.started a\n50s presence.started b\n60s presence.beat a\n90s presence.beat b"},
		{"no lease overlaps", coPresence, time.Hour, "started 0 open 0", "0s presence.started a\n90s presence.started b"},
		{"two tabs of one agent", coPresence, time.Minute, "started 0 open 0", "0s presence.started a sessionId=x\n1s presence.started a sessionId=y"},
		{"one of two tabs is closed", coPresence, time.Minute, "started 1 open 1", "0s presence.started a sessionId=x\n1s presence.started a sessionId=y\n2s presence.started b\n3s presence.ended a sessionId=x"},
		{"both are closed", coPresence, time.Minute, "started 1 open 0 cleared after 2s", "0s presence.started a sessionId=x\n1s presence.started a sessionId=y\n2s presence.started b\n3s presence.ended a sessionId=x\n4s presence.ended a"},
		{"back soon", coPresence, 6 * time.Minute, "started 1 open 1", "0s presence.started a\n1s presence.started b\n2s presence.ended b\n5m presence.started b\n5m presence.beat a"},
		{"back late", coPresence, 21 * time.Minute, "started 2 open 1 cleared after 1s", "0s presence.started a\n1s presence.started b\n2s presence.ended b\n20m presence.started b\n20m presence.beat a"},
		{"a lease ends as something else happens", coPresence, 10 * time.Minute, "started 1 open 0 cleared after 50s", "10s presence.started a\n50s presence.started b\n100s case.edited b"},
		// L1
		{"edits overlap", nearMiss, time.Minute, "started 1 open 1", "0s edit.started a\n10s edit.started b"},
		{"for 5 s exactly", nearMiss, time.Hour, "started 0 open 0", "0s edit.started a\n10s edit.started b\n15s edit.discarded a"},
		{"for 1 ms more", nearMiss, time.Minute, "started 1 open 1", "0s edit.started a\n10s edit.started b\n15.001s case.edited a"},
		{"not yet for 5 s", nearMiss, 15*time.Second - time.Millisecond, "started 0 open 0", "0s edit.started a\n10s edit.started b"},
		{"dated back to when one left", nearMiss, time.Hour, "started 1 open 0 cleared after 45s", "0s edit.started a\n10s edit.started b\n60s edit.discarded a\n70s case.edited b"},
		{"not before it was quiet", nearMiss, 16*time.Minute - time.Millisecond, "started 1 open 1", "0s edit.started a\n10s edit.started b\n60s edit.discarded a\n70s case.edited b"},
		{"another edit follows", nearMiss, time.Hour, "started 1 open 0 cleared after 585s", "0s edit.started a\n10s edit.started b\n60s edit.discarded a\n70s case.edited b\n600s case.edited a"},
		{"a handover does not disturb", nearMiss, time.Hour, "started 1 open 0 cleared after 45s", "0s edit.started a\n10s edit.started b\n60s edit.discarded a\n70s case.edited b\n80s case.assigned a\n600s case.edited a"},
		{"given up", nearMiss, time.Hour, "started 1 open 0 cleared after 1785s", "0s edit.started a\n10s edit.started b"},
		{"one is given up, the other saves", nearMiss, 2 * time.Hour, "started 1 open 0 cleared after 1785s", "0s edit.started a\n10s edit.started b\n25m edit.started b\n35m case.edited b"},
		{"both are given up, one saves", nearMiss, 2 * time.Hour, "started 1 open 0 cleared after 2395s", "0s edit.started a\n0s edit.started b\n40m case.edited b"},
		{"begun again", nearMiss, 41 * time.Minute, "started 1 open 1", "0s edit.started a\n20m edit.started a\n40m edit.started b"},
		{"edits by their ids", nearMiss, time.Minute, "started 1 open 1", "0s edit.started a editId=x\n1s edit.started a editId=y\n2s edit.started b\n3s edit.discarded a editId=x"},
		{"after a handover", nearMiss, time.Minute, "started 0 open 0", "0s edit.started a\n5s case.assigned b fromAgentId=a\n10s edit.started b"},
		{"handed to a third", nearMiss, time.Minute, "started 1 open 1", "0s edit.started a\n5s case.assigned c fromAgentId=a\n10s edit.started b"},
		// L2
		{"averted", averted, time.Minute, "started 1 open 0 cleared after 0s", "0s case.edited a version=2 baseVersion=1\n1s edit.rejected b baseVersion=1"},
		{"tried again", averted, time.Hour, "started 1 open 0 cleared after 0s", "0s edit.rejected b\n5m edit.rejected b\n19m edit.rejected b"},
		{"by one's own edit", averted, time.Minute, "started 0 open 0", "0s case.edited a version=2 baseVersion=1\n1s edit.rejected a baseVersion=1"},
		// L3
		{"overwritten", confirmed, time.Minute, "started 1 open 1", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=3 baseVersion=1"},
		{"other fields", confirmed, time.Minute, "started 0 open 0", "0s case.edited a version=2 baseVersion=1 fields=x,y\n10s case.edited b version=3 baseVersion=1 fields=z"},
		{"a field in common", confirmed, time.Minute, "started 1 open 1", "0s case.edited a version=2 baseVersion=1 fields=x,y\n10s case.edited b version=3 baseVersion=1 fields=z,y"},
		{"one's own version", confirmed, time.Minute, "started 0 open 0", "0s case.edited a version=2 baseVersion=1\n10s case.edited a version=3 baseVersion=1"},
		{"up to date", confirmed, time.Minute, "started 0 open 0", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=3 baseVersion=2"},
		{"over a machine's", confirmed, time.Minute, "started 0 open 0", "0s case.edited a version=2 baseVersion=1 actorKind=bot\n10s case.edited b version=3 baseVersion=1"},
		{"after a handover", confirmed, time.Minute, "started 0 open 0", "0s case.edited a version=2 baseVersion=1\n5s case.assigned b\n10s case.edited b version=3 baseVersion=1"},
		{"a clock that is fast", confirmed, time.Minute, "started 0 open 0", "10s case.edited b version=3 baseVersion=2\n11s case.edited a version=2 baseVersion=1"},
		{"a clock that hides it", confirmed, time.Minute, "started 1 open 1", "10s case.edited b version=3 baseVersion=1\n11s case.edited a version=2 baseVersion=1"},
		{"two of one version", confirmed, time.Minute, "started 1 open 1", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=2 baseVersion=1"},
		{"base versions alone", confirmed, time.Minute, "started 1 open 1", "0s case.edited a baseVersion=7\n10s case.edited b baseVersion=7"},
		{"base versions in turn", confirmed, time.Minute, "started 0 open 0", "0s case.edited a baseVersion=7\n10s case.edited b baseVersion=8"},
		{"cleared by whom it concerns", confirmed, time.Hour, "started 1 open 0 cleared after 600s", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=3 baseVersion=1\n610s conflict.cleared"},
		{"cleared by name", confirmed, time.Hour, "started 1 open 0 cleared after 600s", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=3 baseVersion=1\n610s conflict.cleared caseId= conflictId=1/L3"},
		{"cleared at once", confirmed, 610 * time.Second, "started 1 open 0 cleared after 600s", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=3 baseVersion=1\n610s conflict.cleared"},
		{"cleared by a save", confirmed, time.Hour, "started 1 open 0 cleared after 50s", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=3 baseVersion=1\n60s case.edited a version=4 baseVersion=3"},
		{"not by a stale save", confirmed, time.Hour, "started 1 open 1", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=3 baseVersion=1\n60s case.edited b version=4 baseVersion=2"},
		{"not by a machine", confirmed, time.Hour, "started 1 open 1", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=3 baseVersion=1\n60s case.edited r version=4 baseVersion=3 actorKind=bot"},
		{"again soon", confirmed, time.Hour, "started 1 open 1", "0s case.edited a version=2 baseVersion=1\n10s case.edited b version=3 baseVersion=1\n20s conflict.cleared\n30s case.edited a version=4 baseVersion=2"},
		// proxy
		{"within 15 min", proxy, 16 * time.Minute, "started 1 open 1", "0s case.edited a\n15m case.edited b"},
		{"a moment later", proxy, 16 * time.Minute, "started 0 open 0", "0s case.edited a\n15m1ms case.edited b"},
		{"cleared when it is quiet", proxy, 30*time.Minute + time.Millisecond, "started 1 open 0 cleared after 0s", "0s case.edited a\n15m case.edited b"},
		{"merged", proxy, 2 * time.Hour, "started 1 open 0 cleared after 1200s", "0s case.edited a\n10m case.edited b\n20m case.edited a\n30m case.edited c"},
		{"not merged", proxy, 2 * time.Hour, "started 2 open 0 cleared after 0s", "0s case.edited a\n10m case.edited b\n20m case.edited b\n30m case.edited a"},
		{"with oneself", proxy, time.Hour, "started 0 open 0", "0s case.edited a\n1m case.edited a"},
		{"a machine in between", proxy, time.Hour, "started 1 open 0 cleared after 0s", "0s case.edited a\n1m case.edited r actorKind=robot\n2m case.edited b"},
		{"a listed machine", proxy, time.Hour, "started 0 open 0", "0s case.edited a\n1m case.edited nightly"},
		{"after a handover", proxy, time.Hour, "started 0 open 0", "0s case.edited a\n1m case.assigned b fromAgentId=a\n2m case.edited b"},
		{"saved and handed over at once", proxy, time.Hour, "started 0 open 0", "1m case.edited a\n1m case.assigned b fromAgentId=a\n2m case.edited b"},
		{"handed over to whom it may concern", proxy, time.Hour, "started 0 open 0", "0s case.edited a\n1m case.assigned\n2m case.edited b"},
		{"the old agent goes on", proxy, time.Hour, "started 1 open 0 cleared after 0s", "0s case.edited b\n1m case.assigned b fromAgentId=a\n2m case.edited a"},
		{"kept, not handed over", proxy, time.Hour, "started 1 open 0 cleared after 0s", "0s case.edited a\n1m case.assigned b fromAgentId=b\n2m case.edited b"},
		{"by version, not by clock", proxy, 30 * time.Minute, "started 0 open 0", "0s case.edited a version=1\n20m case.edited b version=3\n21m case.edited a version=2"},
	} {
		s := New()
		s.Bots = []string{"nightly"}
		if got := play(t, s, c.lines, c.level, c.at); got != c.want {
			t.Errorf("%s: %s: %s, want %s", levelNames[c.level], c.name, got, c.want)
		}
	}
}

// The first of the two pairs in one episode counts for the rate, both for pairs.
func TestRateIsByCasesEdited(t *testing.T) {
	b := newBench(New(), 24*time.Hour)
	for _, line := range []string{
		"0s case.edited a", "1m case.edited b", "2m case.edited a", "3m case.edited a caseId=2", "4m case.edited b caseId=3", "4m case.edited caseId=4 agentId=",
		"5m case.edited r caseId=5 actorKind=bot", "6m presence.beat a caseId=6",
	} {
		b.apply(said(line))
	}
	got := b.Value(kpi.Query{From: 0, At: time.Hour.Milliseconds()})[0]
	f := got.Figures.(Figures)
	if got.Value != 0.25 || got.N != 4 || *f.Proxy.Rate != 0.25 || f.Proxy.Pairs != 2 || *f.L3.Rate != 0 || f.Cases != 4 {
		t.Fatalf("%v of %d, %s", got.Value, got.N, text([]kpi.Series{got}))
	}
	if got := b.Value(kpi.Query{From: time.Hour.Milliseconds(), At: 2 * time.Hour.Milliseconds()})[0]; got.Value == got.Value || got.N != 0 { //nolint:staticcheck // NaN
		t.Fatalf("%v of no cases", got.Value)
	}
}

// Open conflicts count in the median as what they are: not over yet.
func TestClearanceCountsOpenOnes(t *testing.T) {
	b := newBench(New(), 24*time.Hour)
	for i, cleared := range []string{"60s", "120s", "", "", ""} {
		tag := fmt.Sprint(" caseId=", i)
		b.apply(said("0s case.edited a version=2 baseVersion=1"+tag), said("0s case.edited b version=3 baseVersion=1"+tag))
		if cleared != "" {
			b.apply(said(cleared + " conflict.cleared" + tag))
		}
	}
	f := b.Value(kpi.Query{From: 0, At: time.Hour.Milliseconds()})[0].Figures.(Figures).L3
	if f.Started != 5 || f.Open != 3 || f.Clearance.N != 5 || f.Clearance.Censored != 3 || f.Clearance.Median != nil || f.Clearance.P90 != nil {
		t.Fatalf("%+v", f)
	}
	b.apply(said("3000s conflict.cleared caseId=3"))
	f = b.Value(kpi.Query{From: 0, At: time.Hour.Milliseconds()})[0].Figures.(Figures).L3
	if f.Clearance.Median == nil || *f.Clearance.Median != 3000 || f.Clearance.Censored != 2 {
		t.Fatalf("%+v", f.Clearance)
	}
}

func TestConflictsNamesWhoIsInThem(t *testing.T) {
	b := newBench(New(), 24*time.Hour)
	for _, line := range []string{
		"0s presence.beat ann", "5s presence.beat bob", "6s presence.beat cyd", "7s presence.beat dan", "8s presence.ended dan", "30s presence.beat ann", "30s presence.beat bob",
		"10s edit.started ann", "11s edit.started bob", "20s case.edited dan caseId=2", "30s case.edited eve caseId=2",
		"40s case.edited dan version=5 baseVersion=4 caseId=3", "41s case.edited eve version=6 baseVersion=4 caseId=3",
	} {
		b.apply(said(line))
	}
	got := strings.Join(b.conflicts(60_000), "\n")
	want := "16000 L1 1 [ann bob]\n30000 proxy 2 [dan eve]\n41000 L3 3 [dan eve]\n41000 proxy 3 [dan eve]\n5000 L0 1 [ann bob cyd]"
	if got != want {
		t.Fatalf("%s\nwant\n%s", got, want)
	}
	if got := b.conflicts(5_001); len(got) != 1 || got[0] != "5000 L0 1 [ann bob]" {
		t.Fatalf("earlier: %v", got)
	}
	if got := b.conflicts(96_001); len(got) != 5 || got[4] != "5000 L0 1 [ann bob]" {
		t.Fatalf("when cyd has left: %v", got)
	}
	if got := b.conflicts(7 * 86_400_000); len(got) != 1 || got[0] != "41000 L3 3 [dan eve]" {
		t.Fatalf("much later: %v", got)
	}
}

// However many there are, a case follows a crowd and no more.
func TestCrowds(t *testing.T) {
	b := newBench(New(), 24*time.Hour)
	const n = crowd + 20
	for i := range n {
		b.apply(said(fmt.Sprintf("%ds presence.beat a%d", i/4, i)), said(fmt.Sprintf("%ds edit.started a%d", i/4, i)),
			said(fmt.Sprintf("%ds case.edited a%d version=%d baseVersion=0", i/4, i, i+1)))
	}
	f := b.Value(kpi.Query{From: 0, At: 60_000})[0].Figures.(Figures)
	if f.L0.Started != 1 || f.L0.Open != 1 || f.L3.Started != 1 || f.L3.Open != 1 || f.Proxy.Pairs != n-1 || b.index.Missing() != 0 {
		t.Fatalf("%s", text([]kpi.Series{{Figures: f}}))
	}
}

func TestSpec(t *testing.T) {
	env := &kpi.Env{KnownMetric: func(name string) bool { return strings.Contains(name, ".") && name != "edit.sarted" }, Metrics: []string{"edit.started"}}
	c := &kpi.Common{By: []string{"office"}}
	s := New()
	if faults := s.Validate(c, env); faults != nil {
		t.Fatal(faults)
	}
	if time.Duration(c.Window) != 24*time.Hour {
		t.Errorf("a window of %v", c.Window)
	}
	if r := s.Reads(c); len(r.Metrics) != 9 || len(r.Tags) != 11 {
		t.Errorf("%v", r)
	}
	if d := s.Describe(c); d.Unit != "ratio" || !strings.Contains(d.Formula, "proxy") || !strings.Contains(d.Excludes, "actorKind") {
		t.Errorf("%+v", d)
	}
	s = &Spec{
		Level: "L4", Edits: "case.edited", EditStarted: "edit.sarted", EditRejected: "case.edited", ProxyWithin: -1,
		NearMiss: units.Duration(400 * 24 * time.Hour), BotTag: "isRobot",
	}
	var got []string
	for _, f := range s.Validate(c, env) {
		got = append(got, f.Error())
	}
	for i, part := range []string{
		`edit_started: no event is called "edit.sarted"; did you mean "edit.started"?`, "edit_rejected: is case.edited, as edits is",
		"key: is empty", "agent: is empty", `level: "L4" is no level; there are L0, L1, L2, L3, proxy`, "proxy_within: is -1ns", "lease: is 0s", "near_miss: is 400d",
		"edit_expiry: is 0s", "bot_values: is empty",
	} {
		if i >= len(got) || !strings.HasPrefix(got[i], part) {
			t.Errorf("%q is not among %q", part, got)
		}
	}
}
