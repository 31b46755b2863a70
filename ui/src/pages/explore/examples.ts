/** Questions that an agency asks, as queries. Their titles are in texts.explore.examples. */
export const examples = {
  opened: `SELECT time_bucket(INTERVAL 1 HOUR, time) AS hour, office, count(*) AS opened
FROM events
WHERE metric = 'case.opened' AND time >= now() - INTERVAL 1 DAY
GROUP BY ALL
ORDER BY hour, office`,
  duration: `WITH opened AS (
  SELECT "caseId", min(time) AS at FROM events WHERE metric = 'case.opened' GROUP BY ALL
), resolved AS (
  SELECT "caseId", office, max(time) AS at FROM events
  WHERE metric = 'case.resolved' AND time >= now() - INTERVAL 7 DAY GROUP BY ALL
)
SELECT resolved.office,
  count(*) AS cases,
  round(median(date_diff('minute', opened.at, resolved.at)) / 60, 1) AS median_hours,
  round(quantile_cont(date_diff('minute', opened.at, resolved.at), 0.9) / 60, 1) AS p90_hours
FROM resolved JOIN opened USING ("caseId")
GROUP BY ALL
ORDER BY median_hours DESC`,
  reopened: `SELECT "caseId", any_value(office) AS office, count(*) AS times, max(time) AS last
FROM events
WHERE metric = 'case.reopened'
GROUP BY "caseId"
ORDER BY times DESC, last DESC
LIMIT 50`,
  agents: `SELECT "agentId", count(*) AS resolved
FROM events
WHERE metric = 'case.resolved' AND time >= now() - INTERVAL 8 HOUR
GROUP BY "agentId"
ORDER BY resolved DESC
LIMIT 20`,
  busiest: `SELECT hour(time) AS hour_utc, count(*) AS events
FROM events
WHERE time >= now() - INTERVAL 7 DAY
GROUP BY ALL
ORDER BY hour_utc`,
  alerts: `SELECT rule, state, count(*) AS times, max(time) AS last
FROM alerts
WHERE state <> 'ok' AND time >= now() - INTERVAL 7 DAY
GROUP BY ALL
ORDER BY times DESC`,
  late: `SELECT metric, max(date_diff('second', time, received)) AS latest_by_seconds, count(*) AS events
FROM events
WHERE received >= now() - INTERVAL 1 DAY
GROUP BY metric
ORDER BY latest_by_seconds DESC`,
} as const;

export type Example = keyof typeof examples;
export const exampleIds = Object.keys(examples) as Example[];
