// The control room in a real browser, at length: from POST to pixels, a thousand events a second, a laptop that slept,
// and a board of two hundred panels. Prints a table, and ends with 1 where a target is missed.
//   npm run soak -- [minutes of the flood, 10] [parts: pixels,flood,sleep,board]
import { loadavg } from 'node:os';
import { launch, noServer, run, startServer } from './lib.mjs';
import { board } from './soak-board.mjs';
import { flood } from './soak-flood.mjs';
import { pixels } from './soak-pixels.mjs';
import { sleep } from './soak-sleep.mjs';

const parts = { pixels, flood, sleep, board };
const [minutes = '10', names = Object.keys(parts).join()] = process.argv.slice(2);
const wanted = names.split(',');
const unknown = wanted.filter((name) => !(name in parts));
if (!(Number(minutes) > 0 && Number(minutes) <= 120) || unknown.length > 0) {
  console.error(`soak: give minutes (up to 120), then parts: any of ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
if (noServer) {
  console.error(`soak: ${noServer}`);
  process.exit(2);
}

const config = `
thresholds:
  soak.queue: {warning: "> 10", critical: "> 100"}
`;

/** A server with the demo's two weeks behind it, for each part its own: none leaves its load to the next. */
async function office() {
  const server = await startServer(config);
  await run(['demo', '--url', server.url, '--seed', '7', '--history', '336h', '--duration', '1s']);
  for (let i = 0; ; i++) {
    const { kpis } = await (await fetch(`${server.url}/api/kpis?value=true`)).json();
    if (kpis.every((kpi) => kpi.ready)) return server;
    if (i === 600) throw new Error('the KPIs have not read the history within a minute');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const load = () => loadavg()[0].toFixed(1);
const rows = [];
for (const name of wanted) {
  const server = await office();
  const browser = await launch();
  const before = load();
  try {
    for (const row of await parts[name]({ server, browser, minutes: Number(minutes) })) {
      rows.push({ ...row, load: `${before} to ${load()}` });
    }
  } catch (error) {
    rows.push({ what: name, measured: String(error).split('\n')[0], target: 'runs to its end', met: false });
    console.error(error);
  } finally {
    await browser.close();
    await server.close();
  }
}

const columns = [
  ['', (r) => r.what],
  ['measured', (r) => r.measured],
  ['target', (r) => r.target ?? ''],
  ['', (r) => (r.met === undefined ? '' : r.met ? 'met' : 'MISSED')],
  ['load', (r) => r.load ?? ''],
];
const line = (cells) => `| ${cells.join(' | ')} |`;
console.log(line(columns.map(([heading]) => heading)));
console.log(line(columns.map(() => '---')));
for (const row of rows) console.log(line(columns.map(([, of]) => of(row))));
process.exitCode = rows.some((row) => row.met === false) ? 1 : 0;
