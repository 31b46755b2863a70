package sandbox

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// The kinds of frames between the server and the process of a query.
const (
	kindQuery  = 'Q' // to the process: query, as JSON
	kindOpen   = 'O' // from the process: opening, as JSON; no answer
	kindNext   = 'N' // from the process: the scan's number; answered by one of the next three
	kindBlock  = 'B'
	kindEnd    = 'E'
	kindFailed = 'F' // the rows cannot be read: a text
	kindAnswer = 'A' // from the process, and its last: answer, as JSON
	kindFault  = 'X' // from the process, and its last: store.SQLFault, as JSON
)

// maxFrame is more than any block or answer has.
const maxFrame = 256 << 20

// query is what the process is to do.
type query struct {
	SQL     string  `json:"sql"`
	Limit   int     `json:"limit"`
	Memory  int64   `json:"memory"`
	Seconds int     `json:"seconds"`
	Answer  int     `json:"answer"`
	Tables  []Table `json:"tables"`
}

// opening begins a scan.
type opening struct {
	Scan    uint32  `json:"scan"`
	Request Request `json:"request"`
}

// answer is what the process found.
type answer struct {
	Columns   []column        `json:"columns"`
	Rows      json.RawMessage `json:"rows"`
	Truncated bool            `json:"truncated"`
}

type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

func send(w io.Writer, kind byte, body []byte) error {
	head := [5]byte{kind}
	binary.LittleEndian.PutUint32(head[1:], uint32(len(body)))
	if _, err := w.Write(append(head[:], body...)); err != nil {
		return err
	}
	return nil
}

func sendJSON(w io.Writer, kind byte, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return send(w, kind, text)
}

func receive(r *bufio.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.LittleEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("a frame of %d bytes is longer than any can be", n)
	}
	body = make([]byte, n)
	_, err = io.ReadFull(r, body)
	return head[0], body, err
}

// variable tells this program, in its environment, to be the process of a query.
const variable = "HMS_MONITOR_SQL"

// Asked reports whether this process was started to run a query: then Work is
// all that it is to do.
func Asked() bool { return os.Getenv(variable) == "worker" }
