import { until, type System } from '@headcount/testing';
import { absencesOf } from './absences.js';
import type { Balancer } from './balancer.js';
import { paceOf, type Pace } from './pace.js';
import type { PageWatch } from './page-watch.js';
import { restCount } from './rest-count.js';
import type { StockViewers } from './stock-viewers.js';

/** Enough for the longest of the pauses that stock clients make, several times over. */
const BACK_MS_MAX = 60_000;
/** REST answers asked for at once. */
const AT_ONCE = 50;

/** A region under a rolling restart: who comes through the balancer, and who looks on, one through each gateway. */
export interface Scene {
  readonly system: System;
  readonly balancer: Balancer;
  readonly viewers: StockViewers;
  readonly watches: readonly PageWatch[];
}

/** What one restart of one gateway was like, as seen by its clients and through the other gateway. */
export interface Restart {
  /** Viewers whose socket it has closed. */
  readonly moved: number;
  /** From SIGTERM to the end of the process, in milliseconds. */
  readonly stopMs: number;
  readonly reconnects: Pace;
  /** How long each viewer that moved was shown as gone, in milliseconds, in rising order. */
  readonly absencesMs: readonly number[];
  /** Pages whose history is not that of one viewer who was there, or left once and came back. */
  readonly odd: readonly string[];
}

/** Resolves when everyone is there and is told so, and everyone else too. */
export async function atRest(scene: Scene): Promise<void> {
  const { system, balancer, viewers, watches } = scene;
  const soon = { timeoutMs: BACK_MS_MAX, everyMs: 50, accept: (left: number) => left === 0 };
  await until(() => balancer.ready.filter((ready) => !ready).length, {
    ...soon,
    what: 'every gateway to be ready',
  });
  await told(scene, () => viewers.untold, 'every viewer to be told the true counts');
  for (const watch of watches)
    await until(() => watch.without(1), { ...soon, what: 'one viewer on each own page' });
  await until(() => wrongAnswers(system, viewers.truth), {
    ...{ timeoutMs: BACK_MS_MAX, everyMs: 200, accept: (wrong) => wrong.length === 0 },
    what: 'every REST answer to be true',
  });
}

/** Stops a gateway by SIGTERM, waits until those who were on it are counted elsewhere, and starts it again. */
export async function restart(scene: Scene, place: number): Promise<Restart> {
  const { system, viewers, watches } = scene;
  const [gateway, watch] = [system.gateways[place], watches[1 - place]];
  if (!gateway || !watch) throw new Error(`There is no gateway ${place}, or none beside it`);
  viewers.begin();
  watch.begin();
  const startMs = performance.now();
  await gateway.end('SIGTERM');
  const stopMs = performance.now() - startMs;
  await told(
    scene,
    () => viewers.untold + watch.without(1),
    'all who were sent away to be counted elsewhere',
  );
  const moved = [...viewers.moved];
  const absencesMs = moved.flatMap((page) => absencesOf(watch.shown(page)));
  const odd = viewers.ownPages.filter((page) => !isMove(watch, page, viewers.moved.has(page)));
  await gateway.restart();
  await atRest(scene);
  return {
    ...{ moved: moved.length, stopMs, reconnects: paceOf(viewers.connectedMs), odd },
    absencesMs: absencesMs.sort((one, other) => one - other),
  };
}

/** Waits until none is left. Rejects at once, and says why, where a viewer will never come back. */
async function told({ viewers, balancer }: Scene, left: () => number, what: string): Promise<void> {
  const seen = await until(() => ({ lost: viewers.lost, left: left(), puzzled: viewers.puzzled }), {
    ...{ what, timeoutMs: BACK_MS_MAX, everyMs: 20 },
    accept: ({ lost, left: many }) => many === 0 || lost.length > 0,
  });
  if (seen.lost.length === 0) return;
  const why = `the balancer had no gateway for ${balancer.turnedAway}`;
  throw new Error(`Viewers are lost (${why}): ${seen.lost.join('; ')}`);
}

/**
 * Whether a page was shown with its one viewer throughout, or, where the viewer has moved, left once and found again
 * once; never with two.
 */
function isMove(watch: PageWatch, page: string, moved: boolean): boolean {
  const counts = watch.shown(page).map(({ count }) => count);
  const changes = counts.filter((count, at) => count !== counts[at - 1]).join();
  return changes === '1' || (moved && changes === '1,0,1');
}

async function wrongAnswers(system: System, truth: ReadonlyMap<string, number>): Promise<string[]> {
  const wrong: string[] = [];
  const left = [...truth];
  const ask = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [page, real] = next;
      const seen = await restCount(system, page);
      if (seen !== real) wrong.push(`${page}: ${seen}, not ${real}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return wrong;
}
