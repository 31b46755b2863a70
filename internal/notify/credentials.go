package notify

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// credentials finds the files that a configuration names (passwords, keys,
// certificates), makes relative paths start at the configuration's folder, and
// reports those that cannot be read: the Alertmanager itself would find out
// with the first notification.
type credentials struct {
	d      *document
	folder string
}

func (c credentials) check(config any) { c.walk(reflect.ValueOf(config)) }

func (c credentials) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		c.walk(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			c.walk(v.Index(i))
		}
	case reflect.Struct:
		if !strings.HasPrefix(v.Type().PkgPath(), "github.com/prometheus/") {
			return
		}
		for i := range v.NumField() {
			field := v.Type().Field(i)
			key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
			switch {
			case !field.IsExported():
			case field.Type.Kind() == reflect.String && strings.HasSuffix(key, "_file"):
				c.file(key, v.Field(i))
			default:
				c.walk(v.Field(i))
			}
		}
	}
}

func (c credentials) file(key string, path reflect.Value) {
	written := path.String()
	if written == "" {
		return
	}
	if !filepath.IsAbs(written) {
		path.SetString(filepath.Join(c.folder, written))
	}
	if err := readable(path.String()); err != nil {
		detail := fmt.Sprintf("%s: %s cannot be read (%v): correct the path, or let this server's user read the file", key, path.String(), err)
		c.d.add(c.line(key, path.String()), detail)
	}
}

// line finds the value by what it leads to: sections that several receivers
// share have been resolved before.
func (c credentials) line(key, path string) int {
	for _, s := range c.d.scalars {
		if s.key == key && (s.value == path || filepath.Join(c.folder, s.value) == path) {
			return s.line
		}
	}
	// Global settings are handed down to receivers under other keys.
	for _, s := range c.d.scalars {
		if strings.HasSuffix(s.key, "_file") && (s.value == path || filepath.Join(c.folder, s.value) == path) {
			return s.line
		}
	}
	return 0
}

func readable(path string) error {
	f, err := os.Open(path) //nolint:gosec // a path that the operator wrote
	if err != nil {
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			return p.Err
		}
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return errors.New("it is a folder")
	}
	return nil
}
