package httpapi

// What follows describes to OpenAPI what package backtest writes.

type backtestAnswer struct {
	Kind    string   `json:"kind" enum:"threshold,kpi,detector,promql"`
	Rules   []string `json:"rules" nullable:"false" doc:"The names of the rules that were run."`
	From    int64    `json:"from"`
	To      int64    `json:"to"`
	Through int64    `json:"through" doc:"Up to when the past was judged: to, unless a limit was hit."`
	Step    int64    `json:"step" doc:"How far apart the instants were at which it was judged, in ms; 0: at each at which something changes."`
	Judged  int      `json:"judged" doc:"How many instants, or values of a metric, were judged."`
	Limits  []string `json:"limits" nullable:"false" doc:"What bounded the run, in words."`
	BacktestSummary
	Receivers []backtestPages     `json:"receivers,omitempty" doc:"Who would have been notified, by the routing of today."`
	Firings   []backtestFiring    `json:"firings" nullable:"false" doc:"In the order of their time."`
	InForce   *backtestDifference `json:"inForce,omitempty" doc:"The rule of the same name that is in force, over the same past; absent where there is none."`
}

// BacktestSummary counts firings.
type BacktestSummary struct {
	Count          int     `json:"count"`
	Warning        int     `json:"warning"`
	Critical       int     `json:"critical"`
	Series         int     `json:"series" doc:"How many series fired."`
	TotalSeconds   float64 `json:"totalSeconds" doc:"How long all firings together lasted within the range."`
	LongestSeconds float64 `json:"longestSeconds"`
	Pages          int     `json:"pages" doc:"Firings that began within the range: notifications, before any are grouped."`
	PagesPerWeek   float64 `json:"pagesPerWeek"`
}

type backtestPages struct {
	Receiver string  `json:"receiver"`
	Pages    int     `json:"pages"`
	PerWeek  float64 `json:"perWeek"`
}

type backtestFiring struct {
	Rule        string            `json:"rule"`
	Tags        map[string]string `json:"tags"`
	State       string            `json:"state" enum:"warning,critical" doc:"A change to another state begins another firing."`
	FiredAt     int64             `json:"firedAt"`
	ResolvedAt  *int64            `json:"resolvedAt" nullable:"true" doc:"null where it fired to the end."`
	Seconds     float64           `json:"seconds" doc:"How long it lasted within the range."`
	Standing    bool              `json:"standing,omitempty" doc:"It fired when the range began already."`
	Value       *float64          `json:"value" nullable:"true" doc:"The value with which it began."`
	N           int64             `json:"n,omitempty" doc:"How many observations that rests on."`
	Condition   string            `json:"condition"`
	Provisional bool              `json:"provisional,omitempty" doc:"It came of a window that was not over."`
}

type backtestDifference struct {
	Same bool   `json:"same" doc:"The rule in force is the one that was run."`
	Text string `json:"text,omitempty" doc:"The rule in force."`
	BacktestSummary
	Receivers   []backtestPages  `json:"receivers,omitempty"`
	Both        int              `json:"both" doc:"Firings during which the rule in force fired, too, in the same series and state."`
	GainedCount int              `json:"gainedCount" doc:"Firings during which it did not."`
	LostCount   int              `json:"lostCount" doc:"Firings of the rule in force during which the one that was run did not fire."`
	Gained      []backtestFiring `json:"gained" nullable:"false"`
	Lost        []backtestFiring `json:"lost" nullable:"false"`
}
