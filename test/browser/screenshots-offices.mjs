// What the pictures are of: an office with two weeks behind it, whose alerts are told to a receiver; one that has
// not begun; and one that asks for a token.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, run, startServer } from './lib.mjs';
import { startReceiver } from './receiver.mjs';

const rules = `groups:
  - name: office
    interval: 5s
    rules:
      - record: office:opened:count15m
        expr: sum by (office) (count_over_time({"case.opened"}[15m]))
      - alert: IntakeBurst
        expr: sum by (office) (count_over_time({"case.opened"}[15m])) > 2
        labels: {severity: warning}
        annotations: {summary: '{{ $labels.office }} took in {{ $value }} cases in 15 minutes'}
      - alert: NothingResolved
        expr: absent_over_time({"case.resolved"}[1h])
        for: 10m
        labels: {severity: critical}
        annotations: {summary: No case was resolved in the last hour}
`;
const routing = (url) => `route:
  receiver: duty
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  routes:
    - {receiver: pager, matchers: [alertname="call.wait.p90"]}
receivers:
  - name: duty
    webhook_configs: [{url: "${url}/duty"}]
  - name: pager
    webhook_configs: [{url: "${url}/gone"}]
`;
const config = (folder) => `
thresholds:
  case.resolved.rate: {warning: 30, critical: 10}
  call.wait.p90: {warning: "> 60", critical: "> 300", by: [office]}
kpis:
  - name: case.sla.same.day
    title: Cases resolved within 8 hours
    type: sla
    target: 8h
    objective: 0.9
    window: 24h
    by: [office]
    thresholds: {warning: 0.9, critical: 0.7}
  - name: case.conflicts
    title: Agents on the same case
    type: conflict
    window: 24h
    by: [office, queue]
    thresholds: {warning: "> 0.05", critical: "> 0.1"}
alerting:
  rules: ["${folder}/rules.yaml"]
  detectors:
    - {name: sla-burn, type: burn_rate, kpi: case.sla.same.day}
    - {name: sla-at-risk, type: sla_at_risk, kpi: case.sla.same.day, max_series: 5}
  alertmanager: "${folder}/alertmanager.yml"
`;

async function eventually(what, check) {
  for (let i = 0; i < 600; i++) {
    const found = await check();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`not within two minutes: ${what}`);
}

/** The server with the given configuration, and how it is asked. */
async function office(text) {
  const server = await startServer(text);
  const ask = async (path, body) => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(
      server.url + path,
      body && { method: 'POST', headers, body: JSON.stringify(body) },
    );
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return { ...server, ask };
}

/** Values of one metric that make its alert come, grow worse, and be told. */
async function raiseAlerts({ post, ask }) {
  for (const value of [40, 20, 40, 20, 8]) {
    await post({ metricName: 'case.resolved.rate', value });
    await new Promise((resolve) => setTimeout(resolve, 1200));
  }
  await post([
    { metricName: 'call.wait.p90', value: 400, tags: { office: 'benefits' } },
    { metricName: 'call.wait.p90', value: 75, tags: { office: 'housing' } },
  ]);
  const standing = () => ask('/api/alerts').then(({ alerts }) => alerts);
  const worst = await eventually('a critical alert', async () =>
    (await standing()).find((a) => a.rule === 'case.resolved.rate' && a.state === 'critical'),
  );
  await eventually('somebody is told of it', async () =>
    (await ask(`/api/deliveries?alert=${worst.id}`)).deliveries.some((d) => d.state === 'delivered'),
  );
  await ask(`/api/alerts/${worst.id}/acknowledge`, {
    who: 'Rosa',
    note: 'the case system is slow; IT knows',
  });
  const now = Date.now();
  await ask('/api/v2/silences', {
    matchers: [{ name: 'office', value: 'housing', isRegex: false, isEqual: true }],
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + 7_200_000).toISOString(),
    createdBy: 'Rosa',
    comment: 'the move to the new building',
  });
  await eventually('a message is given up', async () =>
    (await ask('/api/receivers')).receivers.some((r) => r.dead > 0),
  );
  return worst;
}

/** A thousand events a second until it is stopped. */
function flood(post) {
  const offices = ['permits', 'licensing', 'benefits', 'housing', 'transport', 'records'];
  let n = 0;
  const event = () => {
    const tags = { caseId: `F-${n >> 1}`, office: offices[(n >> 1) % offices.length], queue: 'walk-in' };
    return { metricName: n++ % 2 ? 'case.resolved' : 'case.opened', value: 1, tags };
  };
  const timer = setInterval(() => void post(Array.from({ length: 100 }, event)).catch(() => undefined), 100);
  return () => clearInterval(timer);
}

export async function openOffices() {
  const closing = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  const started = async (text) => {
    const one = await office(text);
    closing.push(one.close);
    return one;
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'hms-pictures-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const receiver = await startReceiver();
    closing.push(receiver.close);
    await writeFile(join(folder, 'rules.yaml'), rules);
    await writeFile(join(folder, 'alertmanager.yml'), routing(receiver.url));
    const entry = /- (\{name: .*\})/.exec(
      await run(['token', 'new', '--name', 'operations', '--role', 'read']),
    )[1];
    const busy = await started(config(folder));
    const empty = await started('');
    const closed = await started(`auth:\n  tokens:\n    - ${entry}\n`);
    const demo = spawn(binary, ['demo', '--url', busy.url, '--seed', '7'], { stdio: 'ignore' });
    closing.push(() => demo.kill());
    await eventually('two weeks of history', async () => {
      const { metrics } = await busy.ask('/api/metrics');
      return metrics.some((m) => m.metricName === 'case.edited' && m.last > Date.now() - 60_000);
    });
    const worst = await raiseAlerts(busy);
    return { busy: { ...busy, worst, flood: () => closing.push(flood(busy.post)) }, empty, closed, close };
  } catch (error) {
    await close();
    throw error;
  }
}
