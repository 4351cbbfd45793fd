/**
 * Writes to one region at a given pace, and times how long a write that was acknowledged takes to be readable in another.
 *
 * Question `{ do: 'write', near, far, pages, rate, seconds, probes }`, near and far being ports: increments pages of the near
 * region, `rate` a second if it can keep up; `probes` of them a second are to pages that nobody else writes, and the far
 * region is asked for those until it shows them. Answer `{ requests, seconds, lags }`, lags in milliseconds.
 * Question `{ do: 'touch', port, pages }`: increments each page once, and those of the probes. Answer: how many that were.
 * Question `{ do: 'sum', port, pages }` -> the sum of what is shown of these pages and of those of the probes.
 * Anything but 200 fails the whole.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { requestBytes } from '../http/raw-http.mjs';
import { serveHelper } from '../helper.mjs';
import { seededRandom } from '../testing.mjs';
import { HttpPool } from './http-pool.mjs';

/** As in the other suites; where they are all waiting, the server is the limit and the pace is not kept. */
const CONNECTIONS = 64;
const STEP_MS = 1;
/** More than are under way at once. */
const PROBE_PAGES = Array.from({ length: 500 }, (_, at) => `probe-${at}`);
const INCREMENT = JSON.stringify({ action: 'increment' });

const random = seededRandom(1);
const pools = new Map();
/** 'port page' -> how often it was written as a probe. */
const probed = new Map();

function poolOf(port) {
  if (!pools.has(port)) pools.set(port, new HttpPool(port, CONNECTIONS));
  return pools.get(port);
}

const increment = (port, page) =>
  poolOf(port).ask(requestBytes({ port, method: 'PUT', page, body: INCREMENT }));

async function countOf(port, page) {
  const body = await poolOf(port).ask(requestBytes({ port, method: 'GET', page }));
  return JSON.parse(body).count;
}

/** Asks again after a tenth of the time that has passed, so that no lag is told more than about a tenth too long. */
async function lagOf(near, far, page) {
  const probe = `${near} ${page}`;
  const expected = (probed.get(probe) ?? 0) + 1;
  probed.set(probe, expected);
  await increment(near, page);
  const acknowledgedMs = performance.now();
  for (;;) {
    const count = await countOf(far, page);
    const passedMs = performance.now() - acknowledgedMs;
    if (count >= expected) return passedMs;
    await sleep(Math.max(1, passedMs / 10));
  }
}

async function write({ near, far, pages, rate, seconds, probes }) {
  const startedMs = performance.now();
  const underWay = new Set();
  const lags = [];
  let requests = 0;
  let probesSent = 0;
  const follow = (promise) => {
    underWay.add(promise);
    promise.then(() => underWay.delete(promise));
    requests += 1;
  };
  const probe = async (page) => lags.push(await lagOf(near, far, page));
  for (;;) {
    const passed = (performance.now() - startedMs) / 1000;
    if (passed >= seconds) break;
    for (; probesSent < Math.floor(passed * probes); probesSent += 1) {
      follow(probe(PROBE_PAGES[probesSent % PROBE_PAGES.length]));
    }
    while (requests < passed * rate && poolOf(near).isFree) {
      follow(increment(near, pages[Math.floor(random() * pages.length)]));
    }
    await sleep(STEP_MS);
  }
  const writtenMs = performance.now();
  await Promise.all(underWay);
  return { requests, seconds: (writtenMs - startedMs) / 1000, lags };
}

async function touch({ port, pages }) {
  const all = [...pages, ...PROBE_PAGES];
  await Promise.all(all.map((page) => increment(port, page)));
  for (const page of PROBE_PAGES) probed.set(`${port} ${page}`, 1);
  return all.length;
}

async function sum({ port, pages }) {
  const counts = await Promise.all([...pages, ...PROBE_PAGES].map((page) => countOf(port, page)));
  return counts.reduce((total, count) => total + count, 0);
}

const TASKS = { write, touch, sum };
serveHelper({}, async (question) => {
  const answer = await TASKS[question.do](question);
  for (const pool of pools.values()) pool.close();
  return answer;
});
