package calendar

import (
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/us"
)

// The library has the federal holidays; states differ in which of them they
// keep, in their own, and in what happens when one falls on a weekend. Here are
// the days on which offices of the state are closed, for states whose law is
// plain; others are written as dates or come in a file.

func usFederal() []*cal.Holiday {
	return replace(us.Holidays, us.MlkDay, us.MlkDay.Clone(&cal.Holiday{StartYear: 1986}))
}

func usDistrictOfColumbia() []*cal.Holiday {
	return append(usFederal(), &cal.Holiday{
		Name: "Emancipation Day", StartYear: 2005,
		Month: time.April, Day: 16, Func: cal.CalcDayOfMonth, Observed: us.NewYear.Observed,
	})
}

// General Laws, chapter 4, section 7, clause 18.
func usMassachusetts() []*cal.Holiday {
	return onMondayIfSunday(append(usFederal(), weekday("Patriots' Day", time.April, time.Monday, 3)))
}

// General Construction Law, section 24.
func usNewYork() []*cal.Holiday {
	return onMondayIfSunday(append(usFederal(),
		date("Lincoln's Birthday", time.February, 12),
		// The Tuesday after the first Monday.
		&cal.Holiday{Name: "Election Day", Month: time.November, Day: 2, Weekday: time.Tuesday, Offset: 1, Func: cal.CalcWeekdayFrom},
	))
}

// Government Code, sections 6700, 6701 and 19853.
func usCalifornia() []*cal.Holiday {
	kept := slices.DeleteFunc(usFederal(), func(h *cal.Holiday) bool { return h == us.Juneteenth })
	all := onMondayIfSunday(append(
		replace(kept, us.ColumbusDay, us.ColumbusDay.Clone(&cal.Holiday{EndYear: 2008})),
		date("Lincoln's Birthday", time.February, 12).Clone(&cal.Holiday{EndYear: 2009}),
		date("Cesar Chavez Day", time.March, 31).Clone(&cal.Holiday{StartYear: 2001}),
		us.DayAfterThanksgivingDay,
	))
	for i, h := range all {
		if h.Name == us.VeteransDay.Name {
			all[i] = us.VeteransDay // the only one that moves to a Friday
		}
	}
	return all
}

// Revised Code of Washington, 1.16.050.
func usWashington() []*cal.Holiday {
	kept := slices.DeleteFunc(usFederal(), func(h *cal.Holiday) bool { return h == us.ColumbusDay })
	return append(
		replace(kept, us.Juneteenth, us.Juneteenth.Clone(&cal.Holiday{StartYear: 2022})),
		us.DayAfterThanksgivingDay.Clone(&cal.Holiday{Name: "Native American Heritage Day"}),
	)
}

func date(name string, month time.Month, day int) *cal.Holiday {
	return &cal.Holiday{Name: name, Month: month, Day: day, Func: cal.CalcDayOfMonth, Observed: us.NewYear.Observed}
}

func weekday(name string, month time.Month, day time.Weekday, nth int) *cal.Holiday {
	return &cal.Holiday{Name: name, Month: month, Weekday: day, Offset: nth, Func: cal.CalcWeekdayOffset}
}

// replace leaves the list of the library as it is.
func replace(all []*cal.Holiday, old, by *cal.Holiday) []*cal.Holiday {
	all = slices.Clone(all)
	all[slices.Index(all, old)] = by
	return all
}

// onMondayIfSunday takes away the Friday before a holiday on a Saturday.
func onMondayIfSunday(all []*cal.Holiday) []*cal.Holiday {
	moved := make([]*cal.Holiday, len(all))
	for i, h := range all {
		moved[i] = h
		if h.Observed != nil {
			moved[i] = h.Clone(&cal.Holiday{Observed: []cal.AltDay{{Day: time.Sunday, Offset: 1}}})
		}
	}
	return moved
}
