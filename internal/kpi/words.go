package kpi

import (
	"math"
	"strconv"
	"strings"
)

// Words are a KPI's title and unit, for texts that people read.
type Words struct{ Title, Unit string }

// Words of a definition.
func (d *Definition) Words() Words {
	return Words{d.Label(), d.Spec.Describe(&d.Common).Unit}
}

// Value writes a value with its unit: "94.5 %", "12.3 cases".
func (w Words) Value(v float64) string {
	switch {
	case math.IsNaN(v):
		return "no data"
	case w.Unit == "ratio":
		return Number(v*100) + " %"
	case strings.HasPrefix(w.Unit, "1/"):
		return Number(v) + w.Unit[1:]
	case w.Unit == "" || w.Unit == "1":
		return Number(v)
	}
	return Number(v) + " " + w.Unit
}

// Number writes a number with three or four digits that count.
func Number(v float64) string {
	digits := 0
	switch abs := math.Abs(v); {
	case abs == 0 || math.IsInf(v, 0) || abs >= 100:
	case abs >= 10:
		digits = 1
	case abs >= 0.1:
		digits = 2
	default:
		return strconv.FormatFloat(v, 'g', 2, 64)
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if digits > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
