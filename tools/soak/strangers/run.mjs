/**
 * `node tools/soak/strangers/run.mjs [--seconds S] [--only TEXT] [--once]`: an honest population, first alone, then while each
 * attack runs at full speed from one token and one address. Build first (`npm run build`).
 *
 * --seconds  how long each attack runs (5)
 * --only     only attacks whose name has the text in it, or one of several, with | between them
 * --once     one request of each attack, whose outcome is held against what is right; no times
 *
 * For each attack: every honest count is exact, nothing honest is refused and no process ends. With --seconds, 99 of 100 honest
 * requests also take 250 ms at most, and no process keeps more than 10 % of memory once its garbage is collected; the most
 * that it had meanwhile, garbage included, is printed. The exit code is 1 if anything does not hold. The last line counts them.
 */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ATTACKS } from './attacks/index.mjs';
import { Honest } from './honest.mjs';
import { startTarget } from './target.mjs';

const { until } = createRequire(import.meta.url)('../../../dist/libs/testing/src/index.js');

const P99_MS_MAX = 250;
const GROWTH_MAX = 1.1;
const SOCKETS = 200;
const REQUESTS_PER_SECOND = 50;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    once: { type: 'boolean', default: false },
  },
});
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Resident memory of each process once its garbage is collected, in MiB (collect.cjs). */
async function memory(apps) {
  for (const { pid } of apps) process.kill(pid, 'SIGUSR2');
  await pause(0.3);
  return apps.map(({ pid }) => memoryOf(pid, 'VmRSS'));
}

function memoryOf(pid, figure) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${figure}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

/** The most that each process has had since `forgetPeaks`, garbage included, in MiB. */
const peaks = (apps) => apps.map(({ pid }) => memoryOf(pid, 'VmHWM'));

function forgetPeaks(apps) {
  for (const { pid } of apps) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** What does not hold after an attack. */
async function faultsAfter(honest, apps, pids) {
  const faults = [];
  const ended = apps.filter(({ pid }, at) => pid !== pids[at] || !isAlive(pid));
  if (ended.length > 0) faults.push(`ended: ${ended.map(({ name }) => name).join(', ')}`);
  await honest.exact(values.once ? 5_000 : 30_000).catch(async (cause) => {
    faults.push(cause.message);
    await honest.forgive().catch(() => undefined);
  });
  const refused = Object.entries(honest.refused).map(([outcome, times]) => `${times} x ${outcome}`);
  if (refused.length > 0) faults.push(`honest requests refused: ${refused.join(', ')}`);
  return faults;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** One request of an attack. */
async function once(attack, target, honest, apps) {
  const pids = apps.map(({ pid }) => pid);
  const state = await attack.begin({ ...target, lane: 0 });
  const outcome = await attack.once(state, 0).catch((cause) => `failed ${cause.message}`);
  const faults = await faultsAfter(honest, apps, pids);
  if (!attack.expected.test(outcome)) faults.unshift(`${outcome}, expected ${attack.expected}`);
  return { line: outcome, faults };
}

/** An attack at full speed, in a process of its own. */
async function flood(attack, target, honest, apps) {
  const pids = apps.map(({ pid }) => pid);
  const before = await memory(apps);
  forgetPeaks(apps);
  honest.begin(REQUESTS_PER_SECOND);
  const args = [attack.name, JSON.stringify(target)];
  const attacker = fork(join(import.meta.dirname, 'attacker.mjs'), args);
  await pause(Number(values.seconds));
  const told = new Promise((resolve) => attacker.once('message', resolve));
  const ended = new Promise((resolve) => attacker.once('exit', () => resolve({ outcomes: {} })));
  attacker.send('stop');
  const { outcomes } = await Promise.race([told, ended]);
  attacker.kill('SIGKILL');
  await honest.rest();
  const faults = await faultsAfter(honest, apps, pids);
  const p99 = honest.percentile(0.99);
  if (p99 > P99_MS_MAX) faults.push(`p99 ${Math.round(p99)} ms`);
  const peak = Math.max(...peaks(apps).map((most, at) => most / before[at]));
  const growth = await lastingGrowth(apps, before);
  if (growth > GROWTH_MAX) {
    const after = await memory(apps);
    const which = apps.map(
      ({ name }, at) => `${name} ${Math.round(before[at])} -> ${Math.round(after[at])} MiB`,
    );
    faults.push(`memory: ${which.join(', ')}`);
  }
  const most = Object.entries(outcomes)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 3)
    .map(([outcome, times]) => `${times} x ${outcome}`);
  const times = `p50 ${Math.round(honest.percentile(0.5))} p99 ${Math.round(p99)} ms`;
  return {
    line: `${times}, memory ${growth.toFixed(2)}x (peak ${peak.toFixed(2)}x), ${most.join(', ')}`,
    faults,
  };
}

/** How much the process that has grown most has grown. What an attack held is given back once its connections have gone. */
async function lastingGrowth(apps, before) {
  const grown = async () => Math.max(...(await memory(apps)).map((now, at) => now / before[at]));
  return until(grown, {
    ...{ what: 'memory to be given back', timeoutMs: 20_000, everyMs: 500 },
    accept: (most) => most <= GROWTH_MAX,
  }).catch(grown);
}

const { target, viewers, apps, stop } = await startTarget();
const honest = new Honest(target, viewers);
let [passed, failed] = [0, 0];
try {
  await honest.come(SOCKETS);
  if (!values.once) {
    for (const round of ['warming up', 'alone']) {
      honest.begin(REQUESTS_PER_SECOND);
      await pause(10);
      await honest.rest();
      await honest.exact();
      const [p50, p99] = [0.5, 0.99].map((part) => Math.round(honest.percentile(part)));
      console.log(
        `the honest population, ${round}: p50 ${p50} p99 ${p99} ms, refused ${JSON.stringify(honest.refused)}`,
      );
    }
  }
  const attacks = ATTACKS.filter(({ name }) =>
    values.only.split('|').some((text) => name.includes(text)),
  );
  for (const [at, attack] of attacks.entries()) {
    const { line, faults } = await (values.once ? once : flood)(attack, target, honest, apps);
    const mark = faults.length === 0 ? 'held' : 'FAILED';
    console.log(`${at + 1}/${attacks.length} ${mark}  ${attack.name}: ${line}`);
    for (const fault of faults) console.log(`       ${fault}`);
    if (faults.length === 0) passed += 1;
    else failed += 1;
    await restart(faults);
  }
  for (const { name, output } of apps) {
    const bad = output.split('\n').filter((text) => /"level":(50|60)/.test(text));
    if (bad.length > 0) console.log(`${name} logged ${bad.length} errors, the first: ${bad[0]}`);
  }
} finally {
  await honest.close();
  await stop();
}
console.log(`${passed} attacks held, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/** What has ended cannot be attacked any more. */
async function restart(faults) {
  if (!faults.some((fault) => fault.startsWith('ended:'))) return;
  for (const app of apps) if (!isAlive(app.pid)) await app.restart();
}
