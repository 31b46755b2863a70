package event

// Block is a batch of events in columns, all of the same length. A Block is
// immutable once made: ingest makes it, the log keeps it, and every reader
// shares it without copying or locking.
type Block struct {
	// Times holds each event's own time, in milliseconds since 1970 UTC.
	Times  []int64
	Values []float64
	Metric Column
	ID     Column
	Source Column
	// Tags has one column for each tag key that occurs, ordered by key.
	Tags []TagColumn
	// Requests names the rows that came under an Idempotency-Key.
	Requests []Request
}

// Column is dictionary-encoded text: row i holds Words[Codes[i]].
// Words[0] is always "" and stands for "absent"; a present empty text has a
// code of its own.
type Column struct {
	Codes []uint32
	Words []string
}

// TagColumn is the column of one tag key.
type TagColumn struct {
	Key string
	Column
}

// Request says that Count rows from First on were sent under Key.
type Request struct {
	Key          string
	First, Count int
}

// Absent is the code of a row that has no text in a column.
const Absent = 0

// Text gives row i's text, "" where it is absent.
func (c *Column) Text(i int) string { return c.Words[c.Codes[i]] }

// Has reports whether row i is present.
func (c *Column) Has(i int) bool { return c.Codes[i] != Absent }

// Code finds the code of a text, or false where no row holds it.
func (c *Column) Code(text string) (uint32, bool) {
	for code := 1; code < len(c.Words); code++ {
		if c.Words[code] == text {
			return uint32(code), true
		}
	}
	return Absent, false
}

// Len is the number of events.
func (b *Block) Len() int { return len(b.Times) }

// Tag finds the column of a key, nil where no event of the block carries it.
func (b *Block) Tag(key string) *TagColumn {
	for i := range b.Tags { // they are few: no search among them is quicker
		if b.Tags[i].Key == key {
			return &b.Tags[i]
		}
	}
	return nil
}

// Row gives event i as a value of its own, its tags ordered by key.
func (b *Block) Row(i int) Event {
	e := Event{
		Metric: b.Metric.Text(i), Value: b.Values[i], Time: b.Times[i],
		ID: b.ID.Text(i), Source: b.Source.Text(i),
	}
	n := 0
	for k := range b.Tags {
		if b.Tags[k].Has(i) {
			n++
		}
	}
	if n == 0 {
		return e
	}
	e.Tags = make([]Tag, 0, n)
	for k := range b.Tags {
		if c := &b.Tags[k]; c.Has(i) {
			e.Tags = append(e.Tags, Tag{c.Key, c.Text(i)})
		}
	}
	return e
}
