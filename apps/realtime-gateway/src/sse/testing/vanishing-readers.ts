/**
 * A program, for a network that is its own: lets a gateway have readers of event streams, cuts some of them off without a
 * word, and prints when it had found that.
 */
import { execFileSync } from 'node:child_process';
import { until } from '@headcount/testing';
import { metricOf, startTestPair } from '../../testing/test-gateway.js';
import { EventReader } from './event-reader.js';

/** Loopback too, so that a route for it alone can be taken away. */
const ELSEWHERE = '127.0.0.2';

const VIEWING = encodeURIComponent('subscription { viewing(pageId: "home") { count } }');

async function main(settings: Record<string, string>): Promise<void> {
  const { fake, app } = await startTestPair(settings);
  const read = (path: string, localAddress?: string): EventReader =>
    new EventReader(
      app.url + path,
      {},
      { method: 'GET', ...(localAddress !== undefined && { localAddress }) },
    );
  const steady = read('/pages/home/stream?viewing=1');
  for (const path of ['/pages/home/stream?viewing=1', `/graphql/stream?query=${VIEWING}`])
    read(path, ELSEWHERE);
  await until(() => steady.counts.at(-1) === 3, { what: 'all to be present' });
  execFileSync('ip', ['route', 'add', 'blackhole', `${ELSEWHERE}/32`, 'table', 'local']);
  const cutMs = performance.now();
  await until(() => steady.counts.at(-1) === 1, { what: 'those to be found', timeoutMs: 60_000 });
  const found = {
    seconds: (performance.now() - cutMs) / 1000,
    present: fake.store.presenceOn('home'),
    open: await metricOf(app, 'gateway_streams'),
    vanished: await metricOf(app, 'gateway_streams_vanished_total'),
  };
  process.stdout.write(`${JSON.stringify(found)}\n`);
  // Nothing that waits for those who have vanished.
  process.exit(0);
}

void main(JSON.parse(process.argv[2] ?? '{}') as Record<string, string>);
