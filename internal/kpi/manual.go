package kpi

// Manual explains a type of KPI to its users; docs/kpis.md is made from it.
type Manual struct {
	// Answers is the question that the type answers, in a sentence or two.
	Answers string
	// Formula is how the value is computed, in words.
	Formula string
	// Sources name where the definition comes from.
	Sources []string
	// Keys explains each key of the spec, by its YAML name.
	Keys map[string]string
	// Figures explains what stands beside the value, by its JSON name.
	Figures map[string]string
	// Example is a definition as YAML.
	Example string
	// Edges are the cases that people ask about.
	Edges []string
}
