package rules

// Foreseeing is a Group that judges many instants quicker if it is told before
// which ones come: those of a backtest. It says the same at each.
type Foreseeing interface {
	Group
	// Foresee tells that Evaluate will be asked about the multiples of step (ms)
	// that are before end, among others.
	Foresee(step, end int64)
}
