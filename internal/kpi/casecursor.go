package kpi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
)

// CaseCursor is a place in a list of cases: the one behind a row. A list that is
// read page by page is seen from one instant, which the cursor keeps.
type CaseCursor struct {
	At    int64  `json:"a"`
	Class uint8  `json:"c"`
	Sort  int64  `json:"s"`
	Case  string `json:"k"`
	Goal  string `json:"g,omitempty"`
}

var errCursor = errors.New("the cursor is none that a list of cases gave")

// String is the cursor as it travels; nobody needs to read it.
func (c CaseCursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic("kpi: numbers and texts that JSON cannot hold: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseCaseCursor reads what String wrote.
func ParseCaseCursor(text string) (c CaseCursor, err error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(data, &c) != nil {
		return CaseCursor{}, errCursor
	}
	return c, nil
}
