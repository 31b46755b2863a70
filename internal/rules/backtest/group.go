package backtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// groupTrial is a detector, or a group of a rule file.
type groupTrial struct {
	group rules.Group
	// past is the KPI that it asks, where that must not know what came later.
	past *replay
	// quick: it looks at events alone, many instants at once.
	quick bool
}

// replayedInstants bounds the instants at which it is asked how all cases stand.
const replayedInstants = 1000

// quickInstants is how many more instants there may be where an instant costs
// little: a minute apart for half a year.
const quickInstants = 15

// run judges at the instants at which the group judges, or else at steps.
func (g *groupTrial) run(ctx context.Context, r *recorder) error {
	asked := ids(g.group)
	instants := g.instants(r)
	if group, ok := g.group.(rules.Foreseeing); ok && r.step > 0 {
		group.Foresee(r.step, r.to)
	}
	var failed failures
	defer func() { failed.tell(r) }()
	for _, at := range instants {
		if err := ctx.Err(); err != nil {
			return err
		}
		if g.past != nil {
			if err := g.past.reach(ctx, at, r.to); err != nil {
				return err
			}
		}
		all, err := g.group.Evaluate(ctx, at)
		if err != nil {
			return err
		}
		r.judged++
		r.through = max(r.from, at)
		failed.note(g.group, at)
		if err := r.found(asked, all, at); err != nil {
			return err
		}
	}
	r.through = r.to
	return nil
}

// instants are those to judge at, the begin of the range among them.
func (g *groupTrial) instants(r *recorder) []int64 {
	most := r.limits.Instants
	own, paced := g.group.(rules.Paced)
	var all []int64
	if paced {
		for at := own.Last(r.to - 1); at > r.from && len(all) <= most; at = own.Last(at - 1) {
			all = append(all, at)
			if own.Last(at-1) == at-1 {
				break // every instant is one of its own
			}
		}
		slices.Reverse(all)
		if few := len(all) <= most; few && !own.Eager() {
			last := own.Last(r.to - 1)
			r.step = own.Next(last) - last
			return append([]int64{r.from}, all...)
		} else if !few {
			all = nil
		}
	}
	step := g.step(r)
	for at := r.from; at < r.to; at = floor(at, step) + step {
		if paced && !own.Eager() {
			all = append(all, own.Last(at))
		} else {
			all = append(all, at)
		}
	}
	all = append(all, r.from)
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(at int64) bool { return at < r.from })
}

// step is the one asked for, or the group's own, or a longer one where there
// would be too many.
func (g *groupTrial) step(r *recorder) int64 {
	step := r.asked
	if step == 0 {
		step = g.group.Interval()
	}
	step = max(step, time.Millisecond)
	most := r.limits.Instants
	switch {
	case g.past != nil:
		most = min(most, replayedInstants)
	case g.quick:
		most *= quickInstants
	}
	if (r.to-r.from)/step.Milliseconds() > int64(most) {
		step = niceStep(r.to-r.from, most)
		name := g.group.Name()
		if _, own, ok := strings.Cut(name, ";"); ok { // before it: the file, or what stands for one
			name = own
		}
		r.note(fmt.Sprintf("%s would have been judged more than %d times: it was judged every %v", name, most, units.Duration(step)))
	}
	r.step = max(r.step, step.Milliseconds())
	return r.step
}

// floor is the greatest multiple of step that is not after at.
func floor(at, step int64) int64 { return at - ((at%step)+step)%step }
