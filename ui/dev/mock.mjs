// A stand-in for the server, in memory and for development only: the API that the page speaks.

const severity = { ok: 0, warning: 1, critical: 2 };

function judge(rule, value) {
  const breached = (condition) => {
    if (!condition) return false;
    const [word, limit] = condition.split(' ');
    return word === 'below' ? value < Number(limit) : value > Number(limit);
  };
  return breached(rule.critical) ? 'critical' : breached(rule.warning) ? 'warning' : 'ok';
}

const defaultRules = [
  { rule: 'case.resolved.rate', metricName: 'case.resolved.rate', warning: 'below 5', critical: 'below 2' },
  {
    rule: 'call.wait.p90',
    metricName: 'call.wait.p90',
    warning: 'above 60',
    critical: 'above 300',
    by: ['office'],
  },
  { rule: 'survey.score', metricName: 'survey.score', warning: 'below 3', critical: 'below 2' },
];

export function createMock({ demo = false, token, thresholds = defaultRules, history = false } = {}) {
  const events = [];
  const alerts = [];
  const streams = new Set();
  const rules = thresholds.map((rule) => ({ for: '0s', by: [], ...rule, series: [] }));
  const state = { signedIn: token === undefined, ready: true };

  function send(response, name, id, data) {
    response.write(`${name ? `event: ${name}\n` : ''}id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  function accept(body, live = true) {
    const event = { tags: {}, timestamp: Date.now(), ...body, seq: events.length + 1 };
    events.push(event);
    const { seq, ...wire } = event;
    if (live) for (const stream of streams) send(stream, '', seq, wire);
    let n = 0;
    for (const rule of rules.filter((r) => r.metricName === event.metricName)) {
      const tags = Object.fromEntries(rule.by.map((key) => [key, event.tags[key] ?? '']));
      let series = rule.series.find((s) => JSON.stringify(s.tags) === JSON.stringify(tags));
      if (!series) rule.series.push((series = { tags, state: 'ok' }));
      const next = judge(rule, event.value);
      Object.assign(series, { value: event.value, timestamp: event.timestamp });
      if (next === series.state) continue;
      const alert = {
        id: `${seq}.${++n}`,
        rule: rule.rule,
        metricName: rule.metricName,
        tags,
        state: next,
        previous: series.state,
        value: event.value,
        condition: rule[next] ?? (severity[series.state] ? `no longer ${rule[series.state]}` : ''),
        timestamp: event.timestamp,
        since: event.timestamp,
        at: event.timestamp,
      };
      Object.assign(series, { state: next, since: event.timestamp });
      alerts.push(alert);
      if (live) for (const stream of streams) send(stream, 'alert', alert.id, alert);
    }
  }

  function json(response, body, status = 200, type = 'application/json') {
    response.writeHead(status, { 'Content-Type': type });
    response.end(JSON.stringify(body));
  }

  const problem = (response, status, title, detail) =>
    json(response, { title, status, detail }, status, 'application/problem+json');

  const selected = (query) =>
    events.filter(
      (e) =>
        (!query.get('metric') || e.metricName === query.get('metric')) &&
        e.timestamp >= Number(query.get('from') ?? 0) &&
        e.timestamp < Number(query.get('to') ?? Infinity),
    );

  async function readBody(request) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString());
  }

  const routes = {
    'GET /api/session': (_, response) =>
      json(response, {
        authentication: token !== undefined,
        signedIn: state.signedIn,
        name: 'operations',
        roles: ['read'],
      }),
    'POST /api/session': async (request, response) => {
      const body = await readBody(request);
      if (body.token !== token) return problem(response, 401, 'Unauthorized', 'The token is not known.');
      state.signedIn = true;
      response.writeHead(204).end();
    },
    'DELETE /api/session': (_, response) => {
      state.signedIn = token === undefined;
      response.writeHead(204).end();
    },
    'POST /metrics': async (request, response) => {
      const body = await readBody(request);
      for (const event of Array.isArray(body) ? body : [body]) accept(event);
      response.writeHead(204).end();
    },
    'GET /metrics/stream': (request, response, query) => {
      const lastId = request.headers['last-event-id'] ?? query.get('lastEventId');
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(': hello\n\n');
      if (lastId !== null) {
        for (const { seq, ...wire } of events.slice(Math.floor(Number(lastId))))
          send(response, '', seq, wire);
      }
      streams.add(response);
      request.on('close', () => streams.delete(response));
    },
    'GET /api/metrics': (_, response) => {
      const names = new Map();
      for (const e of events) {
        const m = names.get(e.metricName) ?? {
          metricName: e.metricName,
          count: 0,
          first: Infinity,
          last: 0,
          tagKeys: [],
        };
        m.count++;
        m.first = Math.min(m.first, e.timestamp);
        m.last = Math.max(m.last, e.timestamp);
        names.set(e.metricName, m);
      }
      json(response, { metrics: [...names.values()] });
    },
    'GET /api/metrics/rates': (_, response, query) => {
      const [from, to, step] = ['from', 'to', 'step'].map((key) => Number(query.get(key)));
      const series = new Map();
      for (const e of selected(query)) {
        if (!series.has(e.metricName)) series.set(e.metricName, Array((to - from) / step).fill(0));
        series.get(e.metricName)[Math.floor((e.timestamp - from) / step)]++;
      }
      json(response, {
        from,
        to,
        step,
        seq: events.length,
        series: [...series].map(([metricName, points]) => ({ metricName, points })),
      });
    },
    'GET /api/events': (_, response, query) => {
      const limit = Number(query.get('limit') ?? 100);
      const found = selected(query);
      json(response, {
        events: found.slice(-limit).reverse(),
        next: found.length > limit ? String(found.at(-limit).seq) : null,
      });
    },
    'GET /api/alerts/history': (_, response, query) => {
      const limit = Number(query.get('limit') ?? 100);
      const found = alerts.slice(0, Number(query.get('cursor') ?? alerts.length));
      const rest = Math.max(0, found.length - limit);
      json(response, { alerts: found.slice(rest).reverse(), next: rest > 0 ? String(rest) : null });
    },
    'GET /api/thresholds': (_, response) => json(response, { thresholds: rules }),
    'GET /readyz': (_, response) =>
      json(
        response,
        state.ready
          ? { status: 'ready', checks: [] }
          : {
              status: 'not ready',
              checks: [{ name: 'store', status: 'failed', detail: 'the disk is full: 0 bytes left' }],
            },
        state.ready ? 200 : 503,
      ),
  };

  function handle(request, response) {
    const url = new URL(request.url, 'http://mock');
    const route = routes[`${request.method} ${url.pathname}`];
    if (!route) return false;
    if (!state.signedIn && !url.pathname.startsWith('/api/session')) {
      problem(response, 401, 'Unauthorized', 'Sign in first.');
      return true;
    }
    void Promise.resolve(route(request, response, url.searchParams)).catch((error) =>
      problem(response, 400, 'Bad Request', String(error)),
    );
    return true;
  }

  if (demo || history) fillHistory(accept);
  const timer = demo ? setInterval(() => simulate(accept, Date.now(), true), 250) : undefined;
  return { handle, accept, state, events, alerts, stop: () => clearInterval(timer) };
}

const offices = ['north', 'south', 'harbor', 'airport'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];
const agent = () => `a${1 + Math.floor(Math.random() * 40)}`;

function simulate(accept, timestamp, live) {
  const wave = 0.7 + 0.3 * Math.sin(timestamp / 90_000);
  const emit = (chance, metricName, value, tags) => {
    if (Math.random() < chance * wave) {
      accept({ metricName, value, tags: { office: pick(offices), ...tags }, timestamp }, live);
    }
  };
  const caseId = `C-${1000 + Math.floor(Math.random() * 9000)}`;
  emit(0.5, 'case.opened', 1, { caseId, channel: pick(['phone', 'web']) });
  emit(0.42, 'case.resolved', 1, { caseId, agentId: agent() });
  emit(0.3, 'case.edited', 1, { caseId, agentId: agent() });
  emit(0.2, 'call.answered', Math.round(20 + Math.random() * 200), { caseId });
  emit(0.15, 'survey.answered', 1 + Math.floor(Math.random() * 5), { surveyId: `s${caseId}` });
  emit(0.05, 'case.reopened', 1, { caseId });
  emit(0.05, 'case.resolved.rate', Math.round(10 * (5.6 + 3.6 * Math.sin(timestamp / 140_000))) / 10, {});
  emit(0.06, 'call.wait.p90', Math.round(80 + 60 * Math.sin(timestamp / 200_000)), {});
}

function fillHistory(accept) {
  const now = Date.now();
  for (let t = now - 20 * 60_000; t < now; t += 250) simulate(accept, t, false);
}
