package outbox

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Bucket is a durable map: what the outbox keeps, it keeps there. Keys are
// letters, digits, dots and dashes.
type Bucket interface {
	// Put returns nil once the value is on disk. After an error the outcome may
	// be unknown; a Put may be repeated.
	Put(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
	// Each calls handle with every key; a value belongs to handle.
	Each(ctx context.Context, handle func(key string, value []byte) error) error
}

// Memory is a Bucket that lives as long as the process, for tests and for
// programs that need no delivery across restarts. The zero value is empty.
type Memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

// Put stores a copy of value.
func (m *Memory) Put(ctx context.Context, key string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[key] = slices.Clone(value)
	return nil
}

// Delete removes a key.
func (m *Memory) Delete(ctx context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
	return ctx.Err()
}

// Each walks over the keys in their order, as they stood when it began.
func (m *Memory) Each(ctx context.Context, handle func(key string, value []byte) error) error {
	m.mu.Lock()
	values := maps.Clone(m.values)
	m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := handle(key, slices.Clone(values[key])); err != nil {
			return err
		}
	}
	return nil
}
