package stream

import (
	"sort"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const (
	chunkRows  = 1024
	chunkBytes = 256 << 10
)

// chunk is a piece of the stream: some rows of one block, some alerts, or some
// updates of KPIs. Points and alerts are encoded when the first subscriber needs
// them.
type chunk struct {
	// The chunk holds what comes after `after`, up to and including last. Updates
	// have no position of their own: theirs is that of what came before.
	after, last alert.Position

	kind    Kinds
	points  *points
	lo, hi  int
	alerts  []alert.Transition
	updates []Update

	// weight is what the chunk costs the ring; evicted tells that it has left
	// it. Both are the hub's, under its lock.
	weight  int
	evicted bool

	encode sync.Once
	frames frames

	mu    sync.Mutex
	views map[*group][]run
}

// points is a block that chunks share, and what filters come to in it.
type points struct {
	block    *event.Block
	firstSeq uint64

	mu    sync.Mutex
	codes map[*group]*codes
}

// run is frames lo to hi-1 of a chunk. What a filter selects is a list of runs.
type run struct{ lo, hi int32 }

// cut divides a batch that follows `after` into chunks.
func cut(b Batch, after alert.Position) []*chunk {
	var chunks []*chunk
	add := func(c *chunk, last alert.Position) {
		c.after, c.last = after, last
		after = last
		chunks = append(chunks, c)
	}
	rows := 0
	var shared *points
	var most, perRow int
	if b.Block != nil && b.Block.Len() > 0 {
		rows = b.Block.Len()
		shared = &points{block: b.Block, firstSeq: b.FirstSeq}
		perRow = blockBytes(b.Block)/rows + 1
		most = min(chunkRows, max(1, chunkBytes/perRow))
	}
	done := 0
	addPoints := func(until int) {
		for done < until {
			hi := min(until, done+most)
			add(&chunk{kind: Points, points: shared, lo: done, hi: hi, weight: (hi - done) * perRow},
				alert.Position{Seq: b.FirstSeq + uint64(hi) - 1})
			done = hi
		}
	}
	for alerts := b.Alerts; len(alerts) > 0; {
		seq := alerts[0].Position.Seq
		if rows > 0 && seq >= b.FirstSeq {
			addPoints(min(rows, int(seq-b.FirstSeq)+1))
		}
		n := 1
		for n < len(alerts) && n < chunkRows && alerts[n].Position.Seq == seq {
			n++
		}
		add(&chunk{kind: Alerts, alerts: alerts[:n], weight: n * 256}, alerts[n-1].Position)
		alerts = alerts[n:]
	}
	addPoints(rows)
	for updates := b.Updates; len(updates) > 0; {
		n, weight := 0, 0
		for n < len(updates) && n < chunkRows && weight < chunkBytes {
			weight += updates[n].size()
			n++
		}
		add(&chunk{kind: KPIs, updates: updates[:n], weight: weight}, after)
		updates = updates[n:]
	}
	return chunks
}

// blockBytes is about what a block takes in memory.
func blockBytes(b *event.Block) int {
	size := 16 * b.Len()
	column := func(c *event.Column) {
		size += 4*len(c.Codes) + 16*len(c.Words)
		for _, w := range c.Words {
			size += len(w)
		}
	}
	column(&b.Metric)
	column(&b.ID)
	column(&b.Source)
	for i := range b.Tags {
		column(&b.Tags[i].Column)
	}
	return size
}

func (c *chunk) len() int {
	switch c.kind {
	case Alerts:
		return len(c.alerts)
	case KPIs:
		return len(c.updates)
	}
	return c.hi - c.lo
}

// position is that of frame i, of points and alerts.
func (c *chunk) position(i int) alert.Position {
	if c.kind == Alerts {
		return c.alerts[i].Position
	}
	return alert.Position{Seq: c.points.firstSeq + uint64(c.lo+i)}
}

// firstAfter is the first point or alert that comes after p.
func (c *chunk) firstAfter(p alert.Position) int {
	return sort.Search(c.len(), func(i int) bool { return p.Before(c.position(i)) })
}

// encoded gives all frames, encoded by the first who asks; grown tells the
// ring what that has added.
func (c *chunk) encoded(grown func(*chunk, int)) *frames {
	c.encode.Do(func() {
		if c.kind == Alerts {
			c.frames = encodeAlerts(c.alerts)
		} else {
			c.frames = encodePoints(c.points.block, c.points.firstSeq, c.lo, c.hi)
		}
		grown(c, cap(c.frames.data)+4*cap(c.frames.ends))
	})
	return &c.frames
}

// matches reports whether the group's filter selects any frame.
func (c *chunk) matches(g *group, grown func(*chunk, int)) bool {
	return g.filter.whole(c.kind) || len(c.view(g, grown)) > 0
}

// view evaluates a group's filter, once for the group.
func (c *chunk) view(g *group, grown func(*chunk, int)) []run {
	if g.filter.kinds&c.kind == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.views[g]; ok {
		return v
	}
	v := c.evaluate(g)
	if c.views == nil {
		c.views = make(map[*group][]run)
	}
	c.views[g] = v
	grown(c, 48+8*cap(v))
	return v
}

func (c *chunk) evaluate(g *group) (selected []run) {
	add := func(i int) {
		if n := len(selected); n > 0 && int(selected[n-1].hi) == i {
			selected[n-1].hi++
		} else {
			selected = append(selected, run{int32(i), int32(i) + 1})
		}
	}
	switch c.kind {
	case Alerts:
		for i := range c.alerts {
			if g.filter.matchAlert(&c.alerts[i]) {
				add(i)
			}
		}
		return selected
	case KPIs:
		for i := range c.updates {
			if g.filter.matchUpdate(&c.updates[i]) {
				add(i)
			}
		}
		return selected
	}
	codes := c.points.resolved(g)
	if codes.none {
		return selected
	}
	for row := c.lo; row < c.hi; row++ {
		if codes.match(c.points.block, row) {
			add(row - c.lo)
		}
	}
	return selected
}

func (p *points) resolved(g *group) *codes {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.codes[g]
	if !ok {
		c = g.filter.resolve(p.block)
		if p.codes == nil {
			p.codes = make(map[*group]*codes)
		}
		p.codes[g] = c
	}
	return c
}

// append adds the frames that the group's filter selects and that come after
// p, and tells how many there are.
func (c *chunk) append(dst []byte, g *group, p alert.Position, grown func(*chunk, int)) ([]byte, int) {
	whole := [1]run{{0, int32(c.len())}}
	selected := whole[:]
	if !g.filter.whole(c.kind) {
		if selected = c.view(g, grown); len(selected) == 0 {
			return dst, 0
		}
	}
	if c.kind == KPIs {
		return appendUpdates(dst, c.updates, selected)
	}
	skip := 0
	if c.after.Before(p) {
		skip = c.firstAfter(p)
	}
	f := c.encoded(grown)
	count := 0
	for _, r := range selected {
		if lo, hi := max(int(r.lo), skip), int(r.hi); lo < hi {
			dst = append(dst, f.cut(lo, hi)...)
			count += hi - lo
		}
	}
	return dst, count
}
