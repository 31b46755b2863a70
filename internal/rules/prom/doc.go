// Package prom runs Prometheus rule files: alerting and recording rules, by the
// rules and query engine of Prometheus itself, over events and KPIs. Each group
// of a file is a rules.Group. It must not know where events come from, nor what
// becomes of alerts; the app wires both. rules/prom/ruletest tests rule files
// with it.
package prom
