package backtest

import (
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/rules"
)

// failures are the instants at which rules of a group could not be judged: the
// others go on, and their own alerts stay as they are.
type failures struct {
	order []string // names of rules
	of    map[string]*failure
}

type failure struct {
	instants int
	first    int64
	text     string
}

func (f *failures) note(g rules.Group, at int64) {
	for _, s := range g.Rules() {
		if s.Error == "" {
			continue
		}
		known := f.of[s.Rule]
		if known == nil {
			if f.of == nil {
				f.of = map[string]*failure{}
			}
			known = &failure{first: at, text: s.Error}
			f.of[s.Rule], f.order = known, append(f.order, s.Rule)
		}
		known.instants++
	}
}

// tell puts them among the limits of the answer.
func (f *failures) tell(r *recorder) {
	for _, name := range f.order {
		is := f.of[name]
		r.note(fmt.Sprintf("%s could not be judged at %d instants, first at %s, where its alerts stayed as they were: %s",
			name, is.instants, time.UnixMilli(is.first).UTC().Format(time.RFC3339), is.text))
	}
}
