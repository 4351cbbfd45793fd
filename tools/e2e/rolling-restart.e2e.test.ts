/**
 * Goal    two gateways are restarted one after the other and nobody is lost: all come back by themselves, counts are
 *         exact at rest, and a viewer who only moved is shown as leaving and coming back once, never twice at a time.
 * Method  real processes behind a balancer that goes by readiness; viewers with the graphql-ws client as it comes, its
 *         back-off included. Everyone has a page of their own, watched through the gateway that stays. Here in short;
 *         `npm run soak -- rolling` takes 2,000 and judges the pace of the reconnects and the grace (docs/clients.md).
 */
import { startSystem, until, type AppEnv } from '@headcount/testing';
import { Balancer } from './balancer.js';
import { PageWatch } from './page-watch.js';
import { atRest, restart, type Restart, type Scene } from './rolling-restart.js';
import { StockViewers } from './stock-viewers.js';

const CLIENTS = Number(process.env.HEADCOUNT_ROLLING_CLIENTS ?? 200);
const DRAIN_MS = process.env.HEADCOUNT_ROLLING_DRAIN_MS ?? '2000';
/** Whether figures are judged: only where the machine has nothing else to do. */
const JUDGES = process.env.HEADCOUNT_ROLLING_JUDGES === 'yes';
const TEST_MS_MAX = 240_000;

/** How much fuller than the mean one second may be (issue "the gateway at full speed"). */
const PEAK_MAX = 2;
/** How long a viewer whose gateway stops may be shown as gone: docs/clients.md. */
const GRACE_MS = 5000;

function inWords({ moved, stopMs, reconnects, absencesMs }: Restart): string {
  const { seconds, mean, peak } = reconnects;
  const absence = (part: number) =>
    `${((absencesMs[Math.ceil(absencesMs.length * part) - 1] ?? 0) / 1000).toFixed(2)} s`;
  return [
    `${moved} viewers sent away, stopped after ${(stopMs / 1000).toFixed(1)} s`,
    `reconnects over ${seconds.toFixed(1)} s: mean ${mean.toFixed(0)}/s, peak ${peak}/s, ${(peak / mean).toFixed(2)} times the mean`,
    `shown as gone: half ${absence(0.5)}, 99 of 100 ${absence(0.99)}, longest ${absence(1)}`,
  ].join('\n  ');
}

describe('a rolling restart of two gateways', () => {
  /** In the order of opening; the last is closed first. */
  const opened: { readonly close: () => Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });
  const keep = <T extends { close(): Promise<unknown> }>(one: T): T => {
    opened.push(one);
    return one;
  };

  async function startScene(): Promise<Scene> {
    const env: AppEnv = { DRAIN_MS };
    const system = await startSystem({ counterApis: 1, gateways: 2, env });
    keep({ close: () => system.stop() });
    const urls = system.gateways.map((_, place) => system.gatewayUrl(place));
    const balancer = keep(await Balancer.before(urls));
    await until(() => balancer.ready.every(Boolean), { what: 'both gateways to be ready' });
    const viewers = keep(await StockViewers.come(balancer.liveUrl, CLIENTS));
    const watches = urls.map((_, place) =>
      keep(new PageWatch(system.liveUrl(place), viewers.ownPages)),
    );
    return { system, balancer, viewers, watches };
  }

  it(
    'loses nobody, counts exactly, and shows who moved as gone once',
    async () => {
      const scene = await startScene();
      await atRest(scene);
      for (const place of [0, 1]) {
        const onIt = scene.balancer.open[place];
        const told = await restart(scene, place);
        process.stdout.write(`gateway ${place + 1} restarted: ${inWords(told)}\n`);
        expect(scene.viewers.lost).toEqual([]);
        expect([told.moved, told.odd]).toEqual([onIt, []]);
        if (!JUDGES) continue;
        expect(told.reconnects.peak / told.reconnects.mean).toBeLessThanOrEqual(PEAK_MAX);
        expect(told.absencesMs.at(-1)).toBeLessThanOrEqual(GRACE_MS);
      }
    },
    TEST_MS_MAX,
  );
});
