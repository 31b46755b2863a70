package calendar

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/emersion/go-ical"
)

// Bounds of a holiday file: what a calendar of holidays stays far below.
const (
	maxFile  = 1 << 20
	maxLine  = 64 << 10
	maxDates = 20_000
	maxRules = 200
)

// readICal gives the dates of the all-day events of an iCalendar file.
func readICal(path string) (map[day]string, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	dates, err := parseICal(text)
	if err != nil {
		return nil, fmt.Errorf("%s %w", path, err)
	}
	return dates, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the holiday file cannot be read: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a plain file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the holiday file cannot be read: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("the holiday file cannot be read: %w", err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s is larger than 1 MiB: keep only the holidays in it", path)
	}
	return text, nil
}

// parseICal reads the text of a file. What the library stumbles over becomes an
// error, a panic included: a file is data.
func parseICal(text []byte) (dates map[day]string, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			dates, err = nil, fmt.Errorf("is no iCalendar file: %v", trouble)
		}
	}()
	events, err := decodeEvents(bytes.TrimPrefix(text, []byte("\ufeff")))
	if err != nil {
		return nil, fmt.Errorf("is no iCalendar file: %s", strings.TrimPrefix(err.Error(), "ical: "))
	}
	dates, err = datesOfEvents(events)
	if err == nil && len(dates) == 0 {
		err = errors.New("has no all-day event (VALUE=DATE) from 1900 to 2199, so no holiday")
	}
	return dates, err
}

// decodeEvents reads one calendar after the other.
func decodeEvents(text []byte) ([]ical.Event, error) {
	if err := checkLines(text); err != nil {
		return nil, err
	}
	// The library does not tell a file that breaks off from one that ends.
	if !bytes.HasSuffix(bytes.ToUpper(bytes.TrimSpace(text)), []byte("END:VCALENDAR")) {
		return nil, errors.New("it does not end with END:VCALENDAR")
	}
	var events []ical.Event
	for dec := ical.NewDecoder(bytes.NewReader(text)); ; {
		c, err := dec.Decode()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		events = append(events, c.Events()...)
	}
}

// checkLines bounds lines with their continuations: the library takes the
// square of their length.
func checkLines(text []byte) error {
	length, number := 0, 0
	for line := range bytes.Lines(text) {
		number++
		if line[0] != ' ' && line[0] != '\t' {
			length = 0
		}
		if length += len(line); length > maxLine {
			return fmt.Errorf("line %d is longer than 64 KiB", number)
		}
	}
	return nil
}
