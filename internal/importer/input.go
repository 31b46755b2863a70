package importer

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

// input is one file given on the command line, and what it holds.
type input struct {
	path string
	file *os.File
	// identity tells a file from others without reading all of it.
	identity string
	parts    []inputPart
	// total and read are the progress: bytes as they lie on the disk, or as
	// they come out of a zip.
	total int64
	read  atomic.Int64
}

// inputPart is a stream of rows: a plain or gzip file, or a member of a zip.
type inputPart struct {
	name   string
	format Format
	open   func() (io.ReadCloser, error)
}

func openInput(path string, m *Map) (*input, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := &input{path: path, file: file}
	if err := in.inspect(m); err != nil {
		_ = file.Close()
		return nil, err
	}
	return in, nil
}

func (in *input) close() error { return in.file.Close() }

func (in *input) inspect(m *Map) error {
	info, err := in.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file; an import must be able to read it twice to resume", in.path)
	}
	if in.identity, err = identify(in.file, info.Size()); err != nil {
		return fmt.Errorf("%s: %w", in.path, err)
	}
	var magic [4]byte
	if _, err := in.file.ReadAt(magic[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	name := filepath.Base(in.path)
	if string(magic[:]) == "PK\x03\x04" {
		return in.inspectZip(info.Size(), m)
	}
	in.total = info.Size()
	plain := func() (io.ReadCloser, error) {
		return io.NopCloser(in.counted(io.NewSectionReader(in.file, 0, info.Size()))), nil
	}
	part := inputPart{name: name, open: plain}
	if magic[0] == 0x1f && magic[1] == 0x8b {
		part.name = strings.TrimSuffix(name, ".gz")
		part.open = func() (io.ReadCloser, error) {
			raw, err := plain()
			if err != nil {
				return nil, err
			}
			return gzip.NewReader(raw)
		}
	}
	if part.format = m.Format; part.format == "" {
		if part.format, err = formatOf(part.name); err != nil {
			return err
		}
	}
	in.parts = []inputPart{part}
	return nil
}

func (in *input) inspectZip(size int64, m *Map) error {
	archive, err := zip.NewReader(in.file, size)
	if err != nil {
		return fmt.Errorf("%s: %w", in.path, err)
	}
	for _, member := range archive.File {
		base := filepath.Base(member.Name)
		if member.FileInfo().IsDir() || strings.HasPrefix(base, ".") || strings.HasPrefix(member.Name, "__MACOSX/") {
			continue
		}
		part := inputPart{name: member.Name, format: m.Format, open: func() (io.ReadCloser, error) {
			content, err := member.Open()
			if err != nil {
				return nil, err
			}
			return struct {
				io.Reader
				io.Closer
			}{in.counted(content), content}, nil
		}}
		if part.format == "" {
			if part.format, err = formatOf(part.name); err != nil {
				return fmt.Errorf("%s: %w", in.path, err)
			}
		}
		in.total += int64(member.UncompressedSize64)
		in.parts = append(in.parts, part)
	}
	if len(in.parts) == 0 {
		return fmt.Errorf("%s: the archive holds no file", in.path)
	}
	return nil
}

// identify digests the size and both ends of a file: fast at any size, and
// different for every file that an export grows or rewrites.
func identify(file io.ReaderAt, size int64) (string, error) {
	const end = 1 << 20
	digest := sha256.New()
	fmt.Fprintf(digest, "%d\n", size)
	if _, err := io.Copy(digest, io.NewSectionReader(file, 0, min(size, end))); err != nil {
		return "", err
	}
	if _, err := io.Copy(digest, io.NewSectionReader(file, max(0, size-end), end)); err != nil {
		return "", err
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}

func (in *input) counted(r io.Reader) io.Reader { return &countedReader{r, &in.read} }

type countedReader struct {
	io.Reader
	n *atomic.Int64
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}
