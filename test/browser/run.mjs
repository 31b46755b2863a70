// Runs the suites side by side: each has a server and a browser of its own. What measures time runs afterwards, with
// the machine for itself. Arguments name suites; without any, all are run. Prints a line for each suite, what it
// measured, and each failure.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

const folder = fileURLToPath(new URL('./', import.meta.url));
const asked = process.argv.slice(2).map((name) => basename(name));
const suites = readdirSync(folder).filter(
  (name) => name.endsWith('.test.mjs') && (asked.length === 0 || asked.includes(name)),
);
const timed = (name) => /^latency\.|\.speed\./.test(name);
// What takes longest begins first, so that nothing long is left alone at the end.
const rank = (name) => ['demo.test.mjs', 'boston.test.mjs', 'keyboard.test.mjs', 'wcag.test.mjs'].indexOf(name);
const untimed = suites.filter((name) => !timed(name)).sort((a, b) => rank(b) - rank(a));

/** Follows one suite through the events of node:test. */
class Suite {
  passed = 0;
  skipped = 0;
  path = [];
  measured = [];
  stderr = '';
  failures = [];

  take(type, data) {
    if (type === 'test:start') this.path[data.nesting] = data.name;
    if (type === 'test:stderr') this.stderr += data.message;
    if (type === 'test:diagnostic' && data.nesting > 0) this.measured.push(data.message);
    const whole = data.details?.type === 'suite' || data.name === data.file;
    if (type === 'test:pass' && data.skip !== undefined) {
      this.skipped++;
      if (data.skip) this.measured.push(`skipped: ${data.skip}`);
    } else if (type === 'test:pass' && !whole) this.passed++;
    if (type === 'test:fail') this.fail(data);
  }

  fail({ nesting, name, file, details }) {
    const { failureType, cause } = details.error;
    // What follows from another failure is not told again.
    if (['subtestsFailed', 'cancelledByParent'].includes(failureType) || (name === file && this.failures.length > 0))
      return;
    const where = [...this.path.slice(0, nesting), name === file ? 'did not run to its end' : name].join(' > ');
    const why = name === file && this.stderr ? this.stderr : inspect(cause ?? details.error);
    this.failures.push(`${where}\n${why.trim().split('\n').slice(0, 30).join('\n').replace(/^/gm, '      ')}`);
  }

  print(name, seconds) {
    const failed = this.failures.length;
    const counts = [
      `${this.passed} passed`,
      failed && `${failed} FAILED`,
      this.skipped && `${this.skipped} skipped`,
    ].filter(Boolean);
    console.log(`${failed ? '✖' : '✔'} ${name}: ${counts.join(', ')}, ${seconds.toFixed(0)} s`);
    for (const line of this.measured) console.log(`    ${line}`);
    for (const failure of this.failures) console.log(`  ✖ ${name}: ${failure}`);
  }
}

/** Whether the suite passed. */
async function runSuite(name) {
  const suite = new Suite();
  const begun = Date.now();
  for await (const { type, data } of run({ files: [folder + name], timeout: 15 * 60_000 })) suite.take(type, data);
  suite.print(name, (Date.now() - begun) / 1000);
  return suite.failures.length === 0;
}

/** How many of the suites failed. */
async function runAll(names, atOnce) {
  const left = [...names];
  let failed = 0;
  const worker = async () => {
    for (let name = left.shift(); name; name = left.shift()) if (!(await runSuite(name))) failed++;
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return failed;
}

if (suites.length === 0) throw new Error(`no suite is called ${asked.join(' or ')}`);
const atOnce = Math.max(2, availableParallelism());
const failed = (await runAll(untimed, atOnce)) + (await runAll(suites.filter(timed), 1));
process.exitCode = failed > 0 ? 1 : 0;
