/**
 * Cases `garbage.*`: what stays in Redis of pages that were viewed and are no longer. Viewers come to a real gateway of the
 * near region; the sweeps, of which the app makes one a bucket and minute, are made here, with time put forward.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp } from '../helper.mjs';
import { requestBytes } from '../http/raw-http.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { freePort } from '../testing.mjs';
import { BUCKETS, bucketOf, everyBucket, openStores, until, usedMemory } from './libraries.mjs';
import { gatewaySettings, startHeadcountPair } from './pairs.mjs';
import { HttpPool } from './http-pool.mjs';
import { hasAll } from './level.mjs';
import { openViewers } from './viewers.mjs';

/** Case -> whether the regions are cut off from each other while the viewers leave. */
const CASES = { connected: false, cut: true };
export const GARBAGE_CASES = Object.keys(CASES);
/** Longer than a zero is kept. One sweep marks what is there, the next one drops it. */
const AGE_MS = 61_000;
const SWEEPS = 3;
const PATIENCE = { timeoutMs: 300_000, everyMs: 1000 };
const CONNECTIONS = 32;
const LOOKS = 5;
const LOOK_MS = 200;

/** `pages` viewers come, one to a page, and leave. Resolves with the rows of these cases. */
export async function runGarbage(cases, { joins, say }) {
  const rows = [];
  for (const each of cases) {
    rows.push(...(await runCase(`regions.garbage.${each}`, { joins, isCut: CASES[each], say })));
  }
  return rows;
}

async function runCase(name, { joins, isCut, say }) {
  const { pair, stores, viewers, stop } = await openScene();
  const counted = (pages, sum) => untilCounted(pair, pages, sum);
  await rest(stores);
  const unused = await memoryOf(stores);
  // Whoever has visitors has used every bucket after a moment, and each keeps a record of where it is.
  const first = onePageOfEachBucket();
  await viewers.enter(first);
  await counted(first, first.length);
  viewers.leave();
  await counted(first, 0);
  await rest(stores);
  const atRest = await memoryOf(stores);
  // A long name is kept beside its digest; every eighth page has one.
  const pages = Array.from({ length: joins }, (_, at) =>
    `page-${at}-`.padEnd(at % 8 ? 1 : 80, 'x'),
  );
  await viewers.enter(pages);
  await counted(pages, joins);
  const viewed = await memoryOf(stores);
  if (isCut) pair.wires.forEach((wire) => wire.cut());
  viewers.leave();
  await untilSum(pair.near, pages, 0);
  await sweep(stores);
  if (isCut) pair.wires.forEach((wire) => wire.heal());
  await counted(pages, 0);
  await rest(stores);
  const left = await memoryOf(stores);
  say(`${name}: ${inWords({ unused, atRest, viewed, left })}`);
  await stop();
  return [
    ...rowsOf(name, [left], { key: 'at-rest', title: 'each bucket used once and left' }, [atRest]),
    ...rowsOf(name, [left], { key: 'unused', title: 'before the first viewer' }, [unused]),
  ];
}

async function openScene() {
  const pair = await startHeadcountPair();
  const port = await freePort();
  const gateway = await startApp('realtime-gateway', {
    ...gatewaySettings(pair),
    GATEWAY_PORT: String(port),
    // The viewers share a few sockets; this is the most that a gateway allows.
    OPERATIONS_PER_SOCKET_MAX: '10000',
  });
  const clock = { ms: Date.now() };
  const open = ({ redis, name }) => openStores(redis, name, () => clock.ms);
  const stores = { clock, near: await open(pair.near), far: await open(pair.far), pair };
  const viewers = await openViewers(`ws://127.0.0.1:${port}/graphql`);
  const stop = async () => {
    viewers.close();
    stores.near.close();
    stores.far.close();
    await gateway.stop();
    await pair.stop();
  };
  return { pair, stores, viewers, stop };
}

function onePageOfEachBucket() {
  const pages = new Map();
  for (let at = 0; pages.size < BUCKETS; at += 1) {
    const bucket = bucketOf(`first-${at}`, BUCKETS);
    if (!pages.has(bucket)) pages.set(bucket, `first-${at}`);
  }
  return [...pages.values()];
}

async function sweep({ clock, near, far }) {
  for (let round = 0; round < SWEEPS; round += 1) {
    clock.ms += AGE_MS;
    for (const { upkeep } of [near, far]) await everyBucket((bucket) => upkeep.sweep(bucket));
  }
}

/** Each region has all of the other one, and all is old. */
async function rest(stores) {
  const { near, far, pair } = stores;
  for (let time = 0; time < 2; time += 1) {
    const isLevel = async () =>
      (await hasAll(far, near, pair.near.name)) && (await hasAll(near, far, pair.far.name));
    await until(isLevel, { what: 'both regions to be level', ...PATIENCE });
    await sweep(stores);
  }
}

async function untilCounted({ near, far }, pages, sum) {
  await untilSum(near, pages, sum);
  await untilSum(far, pages, sum);
}

async function untilSum({ port, name }, pages, sum) {
  const pool = new HttpPool(port, CONNECTIONS);
  const countOf = async (page) =>
    JSON.parse(await pool.ask(requestBytes({ port, method: 'GET', page }))).count;
  const shown = async () => (await Promise.all(pages.map(countOf))).reduce((a, b) => a + b, 0);
  await until(async () => (await shown()) === sum, {
    what: `${sum} viewers in ${name}`,
    ...PATIENCE,
  });
  pool.close();
}

/** The least of several looks: what is under way just now takes memory too. */
async function memoryOf(stores) {
  const looks = [];
  for (let look = 0; look < LOOKS; look += 1) {
    looks.push([await usedMemory(stores.near.redis), await usedMemory(stores.far.redis)]);
    await sleep(LOOK_MS);
  }
  const least = (at) => Math.min(...looks.map((look) => look[at])) / 1024;
  return { memory: least(0), 'there-memory': least(1) };
}

const inWords = (moments) =>
  Object.entries(moments)
    .map(([moment, at]) => `${moment} ${digits(at.memory)} and ${digits(at['there-memory'])} KiB`)
    .join(', ');
