// What the tests share: a browser, and the server under test with a data directory of its own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const binary = process.env.HMS_BIN ?? fileURLToPath(new URL('../../bin/hms-monitor', import.meta.url));

/** Why no server can be started, or false: what node:test takes as `skip`. */
export const noServer = !existsSync(binary) && `no server at ${binary}: run make build, or set HMS_BIN`;

const browsers = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export async function launch() {
  const executablePath = browsers.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('No Chromium was found: install it, or name it in CHROMIUM.');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** A port the kernel says is free. */
async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function answers(url, child) {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) return false;
    const ready = await fetch(`${url}/readyz`).then(
      (a) => a.ok,
      () => false,
    );
    if (ready) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

export async function run(args, input) {
  const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input ?? '');
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`hms-monitor ${args.join(' ')} ended with ${code}: ${err}`);
  return out;
}

/**
 * Starts the server with the given configuration (YAML text). stop() and
 * start() keep port and data, for what a restart must survive.
 */
export async function startServer(config = '') {
  const dir = await mkdtemp(join(tmpdir(), 'hms-browser-'));
  const file = join(dir, 'config.yaml');
  await writeFile(file, config);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child;
  let log = '';

  async function start() {
    const args = ['serve', '--listen', `127.0.0.1:${port}`, '--data-dir', join(dir, 'data')];
    if (config) args.push('--config', file);
    child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (log = (log + chunk).slice(-20_000)));
    }
    if (!(await answers(url, child))) throw new Error(`The server did not become ready:\n${log}`);
  }

  async function stop(signal = 'SIGTERM') {
    if (child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  async function close() {
    await stop('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  }

  await start();
  return { url, start, stop, close, post: (body, headers) => post(url, body, headers) };
}

export async function post(url, body, headers = {}) {
  const answer = await fetch(`${url}/metrics`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (answer.status !== 204) throw new Error(`POST /metrics: ${answer.status} ${await answer.text()}`);
}

export const thresholds = `
thresholds:
  case.resolved.rate: {warning: 5, critical: 2}
  call.wait.p90: {warning: "> 60", critical: "> 300"}
  survey.score: {warning: 3, critical: 2}
`;

/** A page that remembers every fault the browser saw: broken policy, failed script, console error. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (e) =>
      console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`),
    );
  });
  await page.goto(url);
  return { page, context, faults };
}
