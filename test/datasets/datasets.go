// Package datasets reads public data for tests: the files themselves, so that
// what the product makes of them can be held against a direct count.
//
// The data are no part of the project: a test that asks for a file is skipped
// where it is not at ../shared/data, seen from the project's root. It knows
// events only; imported, below it, is for what the importer makes of the files.
package datasets

import (
	"archive/zip"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Path is where a file is. Without it the test is skipped.
func Path(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(Root(t), "..", "shared", "data", name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the public data set %s is not at ../shared/data", name)
	}
	return path
}

// Root is the project's folder.
func Root(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		if folder == filepath.Dir(folder) {
			t.Fatal("no go.mod in this folder or above it")
		}
	}
}

// Open reads a file, the first of it in a zip, unpacked.
func Open(t testing.TB, name string) io.Reader {
	t.Helper()
	path := Path(t, name)
	if strings.HasSuffix(name, ".zip") {
		all, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = all.Close() })
		first, err := all.File[0].Open()
		if err != nil {
			t.Fatal(err)
		}
		return first
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// Row is a row of a CSV file: what a column of that name has.
type Row func(column string) string

// Rows are those of a CSV file, by the names in its first row.
func Rows(t testing.TB, name string) (rows []Row) {
	t.Helper()
	all, err := csv.NewReader(Open(t, name)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]int{}
	for i, column := range all[0] {
		places[column] = i
	}
	for _, cells := range all[1:] {
		rows = append(rows, func(column string) string {
			place, known := places[column]
			if !known {
				t.Fatalf("%s has no column %q", name, column)
			}
			return cells[place]
		})
	}
	return rows
}
