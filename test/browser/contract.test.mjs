// The client as its author wrote it, against the real server: the code is read
// from the design notes beside the project and nothing but the host is replaced.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, noServer, startServer } from './lib.mjs';

const notes = fileURLToPath(new URL('../../../shared/design/brief.md', import.meta.url));
const skip = noServer || (!existsSync(notes) && `no design notes at ${notes}`);

/** The js block that stands under the name of its file. */
function block(name) {
  const text = readFileSync(notes, 'utf8');
  const from = text.indexOf(`/${name}\``);
  const match = from >= 0 && /```js\n([\s\S]*?)```/.exec(text.slice(from));
  assert.ok(match, `the notes hold no js block for ${name}`);
  return match[1];
}

describe('the contract', { skip }, () => {
  let server;
  let browser;
  before(async () => {
    server = await startServer();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const client = () => block('metricsClient.js').replaceAll('http://metrics-svc', server.url);

  async function newest() {
    const answer = await fetch(`${server.url}/api/events?limit=1`);
    return (await answer.json()).events[0];
  }

  it('holds for track() in Node', async () => {
    const module = await import(`data:text/javascript,${encodeURIComponent(client())}`);
    const before = Date.now();
    await module.track('case.resolved', 1, { caseId: 'C-1', agentId: 'a7' });
    const event = await newest();
    assert.equal(event.metricName, 'case.resolved');
    assert.equal(event.value, 1);
    assert.deepEqual(event.tags, { caseId: 'C-1', agentId: 'a7' });
    assert.ok(event.timestamp >= before && event.timestamp <= Date.now());
  });

  it('holds for track() in a page of the same origin', async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.evaluate(`${client().replace('export ', '')}\ntrack('from.a.page', 2)`);
    const event = await newest();
    assert.equal(event.metricName, 'from.a.page');
    assert.equal(event.value, 2);
    await page.close();
  });

  it('holds for the dashboard component: an EventSource whose messages are points', async () => {
    // The component's own effect, run with a state of the test's own in place of React's.
    const effect = /useEffect\(\(\) => \{([\s\S]*?)\n {2}\}, \[\]\)/.exec(block('Dashboard.js'))?.[1];
    assert.ok(effect, 'the component has no effect to run');
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.evaluate(`
      window.data = [];
      const setData = (change) => { window.data = change(window.data); };
      window.leave = (() => {${effect}\n})();
    `);
    // The stream is open once a point comes through: send until one does.
    const seen = async () => page.evaluate(() => window.data);
    for (let i = 0; (await seen()).length === 0 && i < 100; i++) {
      await server.post({ metricName: 'hello', value: i, tags: { a: 'b' }, timestamp: 1_700_000_000_000 });
    }
    const [point] = await seen();
    assert.equal(point.metricName, 'hello');
    assert.deepEqual(point.tags, { a: 'b' });
    assert.equal(point.timestamp, 1_700_000_000_000);
    assert.equal(typeof point.value, 'number');
    await page.evaluate(() => window.leave());
    await page.close();
  });

  it('serves a page of another origin no data', async () => {
    const other = createServer((_, response) => response.end('<!doctype html>'));
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${other.address().port}`);
    const read = await page.evaluate(
      (url) =>
        fetch(`${url}/api/events`).then(
          (a) => a.status,
          () => 'refused',
        ),
      server.url,
    );
    assert.equal(read, 'refused');
    await page.close();
    other.close();
  });
});
