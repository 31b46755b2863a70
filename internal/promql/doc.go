// Package promql lets Prometheus' query engine ask this server: events are the
// samples of a metric of their name, KPIs are metrics whose values the KPI
// engine computes at the instants that a query looks at, and what recording
// rules made is kept in a time series database of its own. It must not know
// HTTP, the log's carrier or the event store's engine. Rules (rules/prom) and
// the query endpoints use it.
package promql
