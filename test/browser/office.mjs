// A small office whose figures can be worked out by hand: what the tests of KPIs, cases and definitions stand on.
import assert from 'node:assert/strict';

const minute = 60_000;

export const kpis = `
kpis:
  - {name: on.time, title: Cases in time, type: sla, target: 30m, objective: 0.9, window: 12h, by: [office]}
  - {name: resolved, title: Cases resolved, type: throughput, event: case.resolved, window: 1h, by: [office], thresholds: {warning: 5, critical: 1}}
`;

/** 40 cases in two offices over the last four hours; those of the south are late in the last two. */
export async function fill(server) {
  const now = Date.now();
  const events = [];
  const add = (metricName, at, tags) =>
    events.push({ metricName, value: 1, timestamp: Math.round(at), tags });
  for (let i = 0; i < 40; i++) {
    const office = i % 2 ? 'south' : 'north';
    const opened = now - 280 * minute + i * 6 * minute;
    const late = office === 'south' && i >= 20;
    const tags = { caseId: `C-${i}`, office };
    add('case.opened', opened, tags);
    if (i === 39) continue;
    add('case.resolved', opened + (late ? 35 : 10) * minute, tags);
  }
  // One that stood still for a while, and one on which two agents meet.
  add('case.opened', now - 50 * minute, { caseId: 'P-1', office: 'north' });
  add('case.paused', now - 40 * minute, { caseId: 'P-1', office: 'north' });
  add('case.resumed', now - 25 * minute, { caseId: 'P-1', office: 'north' });
  add('case.edited', now - 3 * minute, { caseId: 'P-1', agentId: 'ann', office: 'north' });
  add('case.edited', now - 2 * minute, { caseId: 'P-1', agentId: 'bob', office: 'north' });
  events.sort((a, b) => a.timestamp - b.timestamp);
  await server.post(events);
  return now;
}

export async function get(server, path) {
  const answer = await fetch(server.url + path);
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

export const percent = (share) =>
  new Intl.NumberFormat('en-US', {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(share);
