package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/stream"
)

// ReadFunc delivers the log's messages from a sequence on, in order, and goes on
// waiting for new ones until ctx ends or handle fails.
type ReadFunc func(ctx context.Context, from uint64, handle func(Message) error) error

// Message is one entry of the log: an encoded Block, and when the log took it in.
type Message struct {
	Seq      uint64
	Received time.Time
	Data     []byte
}

// Judge evaluates thresholds. The pipeline calls it from one goroutine at a time.
type Judge interface {
	Apply(firstSeq uint64, b *event.Block, received int64) []alert.Transition
	// Observe judges values of KPIs at the last event applied; Consider tells
	// whether that would change anything.
	Observe(b *event.Block, received int64) []alert.Transition
	Consider(b *event.Block, received int64) []bool
	// Tick judges what the passing of time alone brings about, next at
	// NextDeadline.
	Tick(now int64) []alert.Transition
	NextDeadline() (at int64, waits bool)
	// Found takes in what rules other than thresholds found; Differences tells
	// what of it is a change.
	Found(all []alert.Transition, received int64) []alert.Transition
	Differences(rules []alert.RuleID, found []alert.Transition, at int64) []alert.Transition
	Snapshot() ([]byte, error)
	Restore([]byte) error
}

// KPIs takes the same events in and tells what they change.
type KPIs interface {
	Apply(firstSeq uint64, b *event.Block, clock int64)
	// Judge gives the values that events changed and thresholds look at, nil
	// for none; Due those that the passing of time changed as well.
	Judge(now int64) *event.Block
	Due(now int64) *event.Block
	// Live gives what the stream is to be told since the last call. It may run
	// beside everything else.
	Live(now int64) []stream.Update
	// Checkpoint gives what is to be stored with the events applied so far:
	// nothing mostly, all of it at the end, less often while the log is behind.
	Checkpoint(end, behind bool) (map[string][]byte, error)
	// Forget drops what concerns events before t, which retention has deleted.
	Forget(t int64)
}

// Options are what a Pipeline works with.
type Options struct {
	Read ReadFunc
	// Append adds a message to the log, and returns once it is on disk.
	Append func(ctx context.Context, data []byte) error
	Store  store.Store
	Judge  Judge
	KPIs   KPIs
	// Publish hands events and transitions to the live stream; it does not block.
	Publish func(stream.Batch)
	// Took, where it is set, is shown each block of events once it is applied.
	Took func(firstSeq uint64, b *event.Block)
	// Witness, where it is set, adds to values of KPIs that thresholds are about to
	// judge what they rest on, as their sources.
	Witness func(ctx context.Context, values *event.Block) *event.Block
	// Alerted is told of each transition once it has happened.
	Alerted func(alert.Transition)
	// Applied is told up to which sequence the log is no longer needed.
	Applied func(ctx context.Context, logSeq uint64) error
	// Acked is the sequence up to which senders have been answered.
	Acked func() uint64
	// Retention is how long events are kept, by event time; 0 for ever.
	Retention    time.Duration
	DedupeWindow time.Duration
	DedupeIDs    int
	Now          func() time.Time
	Logger       *slog.Logger
}

// Pipeline applies the log to everything that reads it.
type Pipeline struct {
	o Options

	mu      sync.Mutex
	changed sync.Cond // something below changed
	seen    *dedupe
	next    uint64 // the number of the next event
	applied uint64 // the last log message applied
	clock   int64  // the log's clock, ms; never goes back
	open    batch  // applied and not yet on its way to the store
	busy    bool   // a commit or upkeep is under way
	closing bool   // nothing new is begun
	// cutOff is the next commit, cutTaken what taken was then. One that failed
	// is tried again at retryAt.
	cutOff   *store.Commit
	cutTaken uint64
	retryAt  time.Time
	// taken counts what was put into open, stored is that count as of the last
	// commit, and wanted the count that somebody waits to see stored.
	taken, stored, wanted uint64
	fault                 error // why the last commit failed
	upkeep                upkeep
	// unsaid are judgements on their way into the log; ticking tells that one of
	// them, or one not read yet, is that time has passed.
	unsaid  []judgement
	ticking bool
	lag     lag

	counters
}

// counters may be read at any time.
type counters struct {
	events, duplicates, rejected, commits atomic.Uint64
}

// stateName is the pipeline's own checkpoint in the store; the judge has one too.
const (
	stateName      = "pipeline"
	judgeStateName = "thresholds"
)

// New restores the state that the store's last commit saved.
func New(ctx context.Context, o Options) (*Pipeline, error) {
	p := &Pipeline{o: o, seen: newDedupe(o.DedupeWindow, o.DedupeIDs)}
	p.changed.L = &p.mu
	position := o.Store.Position()
	p.next, p.applied = position.Seq+1, position.LogSeq
	if err := p.restore(ctx); err != nil {
		return nil, fmt.Errorf("restoring the state of event %d: %w", position.Seq, err)
	}
	p.upkeep.nextRetain = o.Now()
	return p, nil
}

// Run applies the log until ctx ends, then commits what is left. It returns nil
// after an orderly end.
func (p *Pipeline) Run(ctx context.Context) error {
	ticking, stop := context.WithCancel(ctx)
	var ticks sync.WaitGroup
	ticks.Go(func() { p.tick(ticking) })
	ticks.Go(func() { p.tell(ticking) })
	ticks.Go(func() { p.write(ticking) })
	context.AfterFunc(ticking, p.changed.Broadcast)
	err := p.o.Read(ctx, p.applied+1, func(m Message) error { return p.apply(ctx, m) })
	stop()
	ticks.Wait()
	closeErr := p.drain()
	if ctx.Err() != nil {
		return closeErr
	}
	return errors.Join(fmt.Errorf("reading the event log: %w", err), closeErr)
}

// apply takes one message of the log through all its readers.
func (p *Pipeline) apply(ctx context.Context, m Message) error {
	block, err := event.Of(), error(nil)
	if !isJudgement(m.Data) {
		block, err = event.DecodeBlock(m.Data)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.open.len() >= maxOpenRows && ctx.Err() == nil {
		p.changed.Wait() // the store is behind; the log keeps what follows
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.clock = max(p.clock, event.Millis(m.Received))
	p.applied = m.Seq
	now := p.o.Now()
	if isJudgement(m.Data) {
		var transitions []alert.Transition
		if transitions, err = p.judge(m.Data); len(transitions) > 0 {
			p.hand(p.next, event.Of(), transitions)
		}
		p.put(event.Of(), nil, transitions, now)
	}
	if err != nil {
		p.rejected.Add(1)
		p.o.Logger.Error("a message of the event log was passed over: another program wrote into the log, or the log is damaged", "sequence", m.Seq, "error", err)
		block = event.Of()
	}
	if !isJudgement(m.Data) {
		p.take(block, now)
	}
	p.advance()
	p.changed.Broadcast()
	return nil
}

// take applies a block of events.
func (p *Pipeline) take(block *event.Block, now time.Time) {
	v := p.seen.judge(block, p.clock/1000)
	if v.dropped > 0 {
		p.duplicates.Add(uint64(v.dropped))
		var kept event.Builder
		kept.AppendRows(block, v.keep)
		block = kept.Block()
	}
	first := p.next
	p.next += uint64(block.Len())
	p.events.Add(uint64(block.Len()))
	var transitions []alert.Transition
	if block.Len() > 0 {
		transitions = p.o.Judge.Apply(first, block, p.clock)
		p.hand(first, block, transitions)
		if p.o.Took != nil {
			p.o.Took(first, block)
		}
	}
	p.put(block, v.newKeys, transitions, now)
	p.o.KPIs.Apply(first, block, p.clock)
	p.observe(p.o.KPIs.Judge(event.Millis(now)), now)
}

// put adds to what the next commit will hold.
func (p *Pipeline) put(block *event.Block, keys []string, transitions []alert.Transition, now time.Time) {
	p.taken++
	p.open.add(block, p.clock, keys, transitions, now)
}

// hand gives a block and its transitions to those who watch live.
func (p *Pipeline) hand(first uint64, block *event.Block, transitions []alert.Transition) {
	p.o.Publish(stream.Batch{FirstSeq: first, Block: block, Alerts: transitions})
	for _, t := range transitions {
		p.o.Alerted(t)
	}
}

// tickEvery is how often the time is looked at: for commits that are due, for
// thresholds with `for`, and for how far readers are behind.
const tickEvery = 50 * time.Millisecond

func (p *Pipeline) tick(ctx context.Context) {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		p.mu.Lock()
		now := p.o.Now()
		// While the log holds events that are not applied yet, the KPIs are not
		// what they will be.
		if p.applied >= p.o.Acked() {
			p.elapse(now)
			p.observe(p.o.KPIs.Due(event.Millis(now)), now)
		}
		p.lag.observe(now, p.applied, p.o.Acked())
		p.advance()
		p.mu.Unlock()
	}
}

const (
	// tellEvery is how often KPIs are asked for what is new of them.
	tellEvery = 15 * time.Millisecond
	// tellRest is how many times as long as telling took it rests at least: a KPI
	// that is looked at takes no events in meanwhile.
	tellRest = 10
)

// tell hands new values of KPIs to the live stream, beside the events.
func (p *Pipeline) tell(ctx context.Context) {
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()
	var next time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := p.o.Now()
		if now.Before(next) {
			continue
		}
		if updates := p.o.KPIs.Live(event.Millis(now)); len(updates) > 0 {
			p.o.Publish(stream.Batch{Updates: updates})
		}
		end := p.o.Now()
		next = end.Add(tellRest * end.Sub(now))
	}
}

// Save has the state of the log's readers stored although no event came.
func (p *Pipeline) Save() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.put(event.Of(), nil, nil, p.o.Now())
}

// Sync returns once everything acknowledged before the call is in the store.
func (p *Pipeline) Sync(ctx context.Context) error {
	if err := p.CaughtUp(ctx); err != nil {
		return err
	}
	return p.Stored(ctx)
}

// CaughtUp returns once everything acknowledged before the call is applied.
func (p *Pipeline) CaughtUp(ctx context.Context) error {
	acked := p.o.Acked()
	stop := context.AfterFunc(ctx, p.changed.Broadcast)
	defer stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.applied < acked {
		if err := p.waitChange(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Stored returns once everything applied before the call is in the store. It
// asks for that commit.
func (p *Pipeline) Stored(ctx context.Context) error {
	stop := context.AfterFunc(ctx, p.changed.Broadcast)
	defer stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	target := p.taken
	p.wanted = max(p.wanted, target)
	p.advance()
	for p.stored < target {
		if err := p.waitChange(ctx); err != nil {
			return err
		}
	}
	return nil
}

// waitChange holds p.mu again when it returns.
func (p *Pipeline) waitChange(ctx context.Context) error {
	err := ctx.Err()
	switch {
	case err == nil:
		p.changed.Wait()
		return nil
	case p.fault != nil:
		return fmt.Errorf("the store is behind: %w", p.fault)
	}
	return fmt.Errorf("the store is behind: %w", err)
}
