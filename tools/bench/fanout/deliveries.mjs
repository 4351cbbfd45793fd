/** What deliveries cost one server, and how many it makes. A field is `{ side, crowd, pages, change }`; `change` is its last. */
import { Fault } from '../../setup/fault.mjs';
import { cpuSeconds } from '../process-cpu.mjs';
import { quantile } from '../rounds.mjs';
import { nowMs } from './tally.mjs';

/** How many changes wait at the server while one is sent: it is never idle, and what it may skip has no successor yet. */
const WAITING = 1;

/**
 * A change is published when all have received the one before, so nothing can be skipped: CPU of the server for each
 * delivery, and the time from publishing to the last receipt.
 */
export async function measureInStep(field, seconds) {
  const { side, crowd } = field;
  const before = { received: await crowd.received(), cpu: cpuSeconds(side.pid) };
  const untilMs = nowMs() + seconds * 1000;
  const lags = [];
  while (nowMs() < untilMs) {
    const publishedMs = nowMs();
    const [lastMs] = await Promise.all([crowd.reach(field.change + 1), publishNext(field)]);
    lags.push(lastMs - publishedMs);
  }
  const cpu = cpuSeconds(side.pid) - before.cpu;
  const received = (await crowd.received()) - before.received;
  demandAll(side, received, lags.length * crowd.subscriptions);
  return {
    ...(before.cpu === undefined ? {} : { 'delivery-cpu': (cpu / received) * 1e6 }),
    p50: quantile(lags, 0.5),
    p99: quantile(lags, 0.99),
    changes: lags.length,
  };
}

/** Changes are published as fast as they reach everybody: what is received in a second, what was skipped not counted. */
export async function measureSaturated(field, seconds) {
  const { side, crowd } = field;
  const before = { received: await crowd.received(), cpu: cpuSeconds(side.pid) };
  const startedMs = nowMs();
  const publishing = [];
  const first = field.change;
  while (nowMs() < startedMs + seconds * 1000) {
    publishing.push(publishNext(field));
    const awaited = field.change - WAITING;
    if (awaited > first) await crowd.reach(awaited);
  }
  const lastMs = await crowd.reach(field.change);
  await Promise.all(publishing);
  const tookSeconds = (lastMs - startedMs) / 1000;
  const received = (await crowd.received()) - before.received;
  return {
    deliveries: received / tookSeconds,
    skipped: (field.change - first) * crowd.subscriptions - received,
    busy: (cpuSeconds(side.pid) - before.cpu) / tookSeconds,
  };
}

function publishNext(field) {
  field.change += 1;
  return field.side.publish(field.pages, field.change);
}

/** Who loses messages, or sends some twice, may be fast only because of that. */
function demandAll({ title }, received, expected) {
  if (received === expected) return;
  throw new Fault(`${title} should have made ${expected} deliveries, and made ${received}.`);
}
