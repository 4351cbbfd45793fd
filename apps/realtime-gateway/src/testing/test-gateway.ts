import type { RunningApp } from '@headcount/platform';
import { PATHS } from '@headcount/protocol';
import { until } from '@headcount/testing';
import { startRealtimeGateway } from '../start.js';
import { FakeCounterApi, TEST_KEYS } from './fake-counter-api.js';
import { TEST_BUCKETS } from './fake-store.js';

/** Starts the app as it is, on a free port, over counter-apis that are fakes. */
export function startTestGateway(
  urls: readonly string[],
  more: Record<string, string> = {},
): Promise<RunningApp> {
  return startRealtimeGateway({
    GATEWAY_PORT: '0',
    LOG_LEVEL: 'silent',
    BUCKETS: String(TEST_BUCKETS),
    SIGNING_KEYS: TEST_KEYS.map(({ id, secret }) => `${id}:${secret}`).join(),
    COUNTER_API_URLS: urls.join(),
    SYNC_INTERVAL_MS: '300',
    DRAIN_MS: '100',
    ...more,
  });
}

/** A gateway that has registered with a fake counter-api of its own. */
export async function startTestPair(
  more: Record<string, string> = {},
): Promise<{ readonly fake: FakeCounterApi; readonly app: RunningApp }> {
  const fake = await FakeCounterApi.start();
  const app = await startTestGateway([fake.url], more);
  await untilRegistered(fake);
  return { fake, app };
}

/** Resolves when a gateway has told the fake what it wants to be told of. */
export async function untilRegistered(fake: FakeCounterApi): Promise<void> {
  await until(() => fake.bodies(PATHS.interest).length > 0, { what: 'the gateway to register' });
}

/** The value of a metric of the app, the first where it has labels; NaN: it is not there. */
export async function metricOf(app: RunningApp, name: string): Promise<number> {
  const text = await (await fetch(`${app.internalUrl}/metrics`)).text();
  const pattern = new RegExp(`^headcount_${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm');
  return Number(pattern.exec(text)?.[1] ?? NaN);
}
