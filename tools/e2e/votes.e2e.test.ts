/**
 * Goal    a poll is exact and live in two regions: a voter counts once wherever it votes, changes show on gateways of the other
 *         region, and what was voted on both sides of a cut comes to the same by the rule of docs/votes.md.
 * Method  two whole regions as real processes; subscriptions on a gateway of each; votes over REST, several at once.
 */
import {
  LiveClient,
  startRegions,
  until,
  type LiveSubscription,
  type Regions,
} from '@headcount/testing';

const PAGE = 'election';
const COUNTERS = ['poll', 'poll:red', 'poll:blue'] as const;

/** Votes in a region; null takes the vote back. Gives whether that changed it. */
async function vote(url: string, voter: string, choice: string | null): Promise<boolean> {
  const response = await fetch(`${url}/${PAGE}/counters/poll/voters/${voter}`, {
    ...(choice === null
      ? { method: 'DELETE' }
      : {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ choice }),
        }),
  });
  if (!response.ok) throw new Error(`answered with ${response.status}`);
  return ((await response.json()) as { changed: boolean }).changed;
}

describe('a poll in two regions', () => {
  let regions: Regions;
  const clients: LiveClient[] = [];
  /** What each region shows live, counter by counter. */
  const watched = new Map<string, LiveSubscription[]>();
  beforeAll(async () => {
    regions = await startRegions({ env: { SYNC_INTERVAL_MS: '500', BUCKETS: '128' } });
    for (const name of regions.names) {
      const client = new LiveClient(regions.named(name).liveUrl());
      clients.push(client);
      watched.set(
        name,
        COUNTERS.map((counter) => client.counterChanged(PAGE, counter)),
      );
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await regions.stop();
  }, 30_000);

  const at = (name: string): string => regions.named(name).apiUrl();
  const shown = (name: string): (number | null)[] =>
    (watched.get(name) ?? []).map(({ last }) => last);
  const show = (names: readonly string[], counts: readonly number[], what: string) =>
    until(() => names.map(shown), {
      ...{ what: `${names.join()} to show ${counts.join()} for ${what}`, timeoutMs: 30_000 },
      accept: (all) => all.every((each) => each.join() === counts.join()),
    });

  it('is live, counts each voter once, and is exact after a cut', async () => {
    const voters = Array.from({ length: 40 }, (_, nth) => `v${nth}`);
    // Everybody votes in both regions, of which neither knows of the other yet: two of each vote, one of each voter.
    await Promise.all(
      voters.flatMap((who) => [vote(at('ams'), who, 'red'), vote(at('fra'), who, 'red')]),
    );
    await show(regions.names, [40, 40, 0], 'each voter, once');
    expect(await vote(at('fra'), 'v0', 'red')).toBe(false);
    await vote(at('fra'), 'v0', 'blue');
    await show(regions.names, [40, 39, 1], 'a change of mind in the other region');

    regions.cut();
    // New here; taken back here; taken back here and changed there; changed on both sides at once.
    await vote(at('ams'), 'new', 'blue');
    await vote(at('ams'), 'v1', null);
    await vote(at('ams'), 'v2', null);
    await vote(at('fra'), 'v2', 'blue');
    await vote(at('ams'), 'v3', 'blue');
    await vote(at('fra'), 'v3', 'green');
    await show(['ams'], [39, 36, 3], 'what was voted here');
    await show(['fra'], [40, 37, 2], 'what was voted there');

    const healMs = performance.now();
    regions.heal();
    // v1 is out. A change is two changes of sides and wins over the one of taking back; of two at once the last by its bytes wins.
    await show(regions.names, [40, 36, 3], 'what both have voted');
    const tookMs = Math.round(performance.now() - healMs);
    process.stdout.write(`votes: the same everywhere ${tookMs} ms after the heal\n`);
    for (const name of regions.names) {
      const response = await fetch(`${at(name)}/${PAGE}/counters/poll/voters/v3`);
      expect(await response.json()).toEqual({ voted: true, choice: 'green', count: 40 });
    }
  }, 90_000);
});
