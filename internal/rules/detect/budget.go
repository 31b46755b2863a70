package detect

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Windows follow from what may be used up of the error budget before somebody is
// told (The Site Reliability Workbook, chapter 5, table 5-8): whoever uses a share
// of the budget of a period within a window burns share * period / window times too
// fast. 2 % of 30 days' in an hour is 14.4 times.

// budgetPeriod is that of the Workbook.
const budgetPeriod = 30 * 24 * time.Hour

// spent is a share of the budget that is used up within a window.
type spent struct {
	share       float64
	long, short time.Duration
	severity    alert.State
}

func (s spent) window() BurnWindow {
	burn := s.share * float64(budgetPeriod) / float64(s.long)
	burn, _ = strconv.ParseFloat(strconv.FormatFloat(burn, 'g', 6, 64), 64)
	return BurnWindow{units.Duration(s.long), units.Duration(s.short), burn, s.severity}
}

// workbook has the windows that the Workbook recommends for 30 days.
func workbook() []BurnWindow {
	const hour, day = time.Hour, 24 * time.Hour
	var all []BurnWindow
	for _, s := range []spent{
		{0.02, hour, 5 * time.Minute, alert.Critical},
		{0.05, 6 * hour, 30 * time.Minute, alert.Critical},
		{0.1, day, 2 * hour, alert.Warning},
		{0.1, 3 * day, 6 * hour, alert.Warning},
	} {
		all = append(all, s.window())
	}
	return all
}

// fastest is how fast a budget can be used up at most: where everything fails.
func fastest(objective float64) float64 { return 1 / (1 - objective) }

// reachable are windows for an objective whose budget cannot be used up so fast:
// longer ones, in which the same shares of it are a lower burn rate.
func reachable(objective float64) (all []BurnWindow) {
	const hour, day = time.Hour, 24 * time.Hour
	for _, severity := range []alert.State{alert.Critical, alert.Warning} {
		for _, s := range []spent{
			{0.05, 6 * hour, 30 * time.Minute, severity}, {0.1, day, 2 * hour, severity}, {0.05, day, 2 * hour, severity}, {0.1, 3 * day, 6 * hour, severity},
		} {
			w := s.window()
			// With some way to go, so that not all must fail, and the warning slower.
			if w.Burn <= 0.8*fastest(objective) && (len(all) == 0 || w.Burn < all[len(all)-1].Burn) {
				all = append(all, w)
				break
			}
		}
	}
	if len(all) == 0 {
		all = append(all, spent{0.1, 6 * day, 12 * hour, alert.Critical}.window())
	}
	return all
}

// checkReach reports windows whose burn rate no failure can bring about.
func (b *BurnRate) checkReach(d *kpi.Definition, faults *fault.List) {
	objective := 0.0
	switch {
	case b.Objective != nil:
		objective = *b.Objective
	case d != nil:
		objective, _ = objectiveOf(d)
	}
	if !(objective > 0 && objective < 1) {
		return
	}
	most := fastest(objective)
	limit := fmt.Sprintf("with an objective of %v the budget cannot be used up faster than %s times, where everything fails", objective, kpi.Number(most))
	if len(b.Windows) > 0 {
		for i, w := range b.Windows {
			if w.Burn > most*(1-1e-9) { // 1-0.8 is a little less than 0.2
				faults.Add(fmt.Sprintf("is %v, which is never exceeded: %s; write less, as in %s", w.Burn, limit, written(reachable(objective))), "windows", fmt.Sprint(i), "burn")
			}
		}
		return
	}
	for _, w := range workbook() {
		if w.Severity == alert.Critical && w.Burn < most {
			return // the faster ones never fire, and this one does in their place
		}
	}
	faults.Add(fmt.Sprintf("are missing, and the critical ones of the default, 14.4 over 1h and 6 over 6h, never fire: %s; write windows for it, as in %s", limit, written(reachable(objective))), "windows")
}

// written are windows as the configuration has them.
func written(all []BurnWindow) string {
	texts := make([]string, len(all))
	for i, w := range all {
		texts[i] = fmt.Sprintf("{long: %v, short: %v, burn: %v, severity: %s}", w.Long, w.Short, w.Burn, w.Severity)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
