package reports

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Val writes a value with its unit: "94.5%", "12.3 per hour".
func (p *phrases) Val(v *float64, unit string) string {
	if v == nil {
		return strings.ToLower(p.States["no_data"])
	}
	if unit == "ratio" {
		return fmt.Sprintf(p.Percent, strconv.FormatFloat(100**v, 'f', 1, 64))
	}
	return strings.TrimSpace(number(*v) + " " + cmp.Or(p.Units[unit], unit))
}

// number has three significant digits, and every digit of the whole part.
// English and Spanish of the United States write it alike.
func number(v float64) string {
	if v == math.Trunc(v) || math.Abs(v) >= 100 {
		return grouped(strconv.FormatFloat(v, 'f', 0, 64))
	}
	if math.Abs(v) >= 1 {
		return strconv.FormatFloat(v, 'f', 2-int(math.Log10(math.Abs(v))), 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// grouped sets commas between groups of three digits.
func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Change says how a value differs from that of the span before. Shares differ in
// percentage points, not in percent of each other.
func (p *phrases) Change(k KPI) string {
	switch {
	case k.Change == nil:
		return p.NothingBefore
	case *k.Change == 0:
		return p.NoChange
	}
	by, words := math.Abs(*k.Change), p.Up
	if *k.Change < 0 {
		words = p.Down
	}
	if k.Unit == "ratio" {
		return fmt.Sprintf(words, fmt.Sprintf(p.Points, strconv.FormatFloat(100*by, 'f', 1, 64)))
	}
	return fmt.Sprintf(words, p.Val(&by, k.Unit))
}

// Target is what a KPI is held to.
func (p *phrases) Target(k KPI) string {
	var all []string
	if k.Objective != nil {
		all = append(all, fmt.Sprintf(p.Goal, p.Val(k.Objective, "ratio")))
	}
	if k.Warning != "" {
		all = append(all, fmt.Sprintf(p.WarningAt, p.limit(k.Warning, k.Unit)))
	}
	if k.Critical != "" {
		all = append(all, fmt.Sprintf(p.CriticalAt, p.limit(k.Critical, k.Unit)))
	}
	return cmp.Or(strings.Join(all, ", "), p.NoTarget)
}

// limit writes the limit of "below 0.9" in the KPI's unit: "below 90.0%".
func (p *phrases) limit(condition, unit string) string {
	at := strings.LastIndexByte(condition, ' ')
	if at < 0 {
		return condition
	}
	words := cmp.Or(p.Comparisons[condition[:at]], condition[:at]) + " "
	limit, err := strconv.ParseFloat(condition[at+1:], 64)
	if err != nil || unit != "ratio" {
		return words + condition[at+1:]
	}
	return words + p.Val(&limit, unit)
}

// StateName is a state in words.
func (p *phrases) StateName(state string) string { return cmp.Or(p.States[state], p.States["no_data"]) }

// Tags writes tags in one order: "office north, queue permits".
func (p *phrases) Tags(tags map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		all = append(all, key+" "+cmp.Or(tags[key], p.NoTag))
	}
	return strings.Join(all, ", ")
}

// Group is a group of a KPI with its value.
func (p *phrases) Group(g Group, unit string) string {
	return fmt.Sprintf("%s: %s", p.Tags(g.Tags), p.Val(&g.Value, unit))
}

// Whole writes a number of things.
func (*phrases) Whole(n int64) string { return grouped(strconv.FormatInt(n, 10)) }

// Length writes a length of time in its two largest units: "2d 3h". Both
// languages abbreviate alike.
func (*phrases) Length(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	if d < time.Minute {
		return fmt.Sprintf("%ds", int(d.Seconds()))
	}
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%dd %dh", days, hours)
	case days > 0:
		return fmt.Sprintf("%dd", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%dh %dm", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%dh", hours)
	}
	return fmt.Sprintf("%dm", minutes)
}

// Rest says how many of a list are left out, "" for none.
func (p *phrases) Rest(all, shown int) string {
	if all <= shown {
		return ""
	}
	return p.More.Count(all - shown)
}
