package own

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

func TestDisk(t *testing.T) {
	const mib = 1 << 20
	var free int64
	var fault error
	d := NewDisk(func() (Space, error) { return Space{Free: free * mib, Least: 100 * mib}, fault })
	for i, step := range []struct {
		free int64
		want alert.State
	}{
		{500, alert.OK}, {200, alert.OK}, {199, alert.Warning}, {224, alert.Warning}, {225, alert.OK},
		{150, alert.Warning}, {100, alert.Warning}, {99, alert.Critical}, {124, alert.Critical}, {125, alert.Warning},
		{0, alert.Critical}, {224, alert.Warning}, {226, alert.OK}, {99, alert.Critical}, {300, alert.OK},
	} {
		free = step.free
		found, err := d.Evaluate(t.Context(), int64(i))
		if err != nil {
			t.Fatal(err)
		}
		got, firing, state := alert.OK, 0, "inactive"
		if len(found) == 1 {
			got, firing, state = found[0].State, 1, "firing"
			if has := fmt.Sprintf("%d MiB", step.free); !strings.Contains(found[0].Condition, has) || found[0].At != int64(i) {
				t.Errorf("with %d MiB free: %+v", step.free, found[0])
			}
		}
		if got != step.want {
			t.Errorf("%d: with %d MiB free it is %s, not %s", i, step.free, got, step.want)
		}
		if s := d.Rules()[0]; s.Firing != firing || s.State != state || s.At != int64(i) {
			t.Errorf("%d: the rule stands as %+v", i, s)
		}
	}
	fault = errors.New("no such disk")
	if _, err := d.Evaluate(t.Context(), 99); !errors.Is(err, fault) {
		t.Errorf("a disk that cannot be asked: %v", err)
	}
	if reads := d.Reads(); reads == nil || !slices.Equal(reads, []string{}) {
		t.Errorf("it is judged at events of %v", reads)
	}
}
