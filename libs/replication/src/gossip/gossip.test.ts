/** Who is stale, who is out of service, and what gossip costs; regions in memory on a virtual clock. */
import { GossipWorld, PERIOD_MS } from './testing/gossip-world.js';

const MESH = { a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] };
const CHAIN = { a: ['b'], b: ['a', 'c'], c: ['b'] };
const SETTLED_MS = 5 * PERIOD_MS;
/** Long enough for whoever says nothing to be held for stale, alone or among others, and for that to be relayed. */
const SILENCE_MS = 12 * PERIOD_MS;

describe('gossip', () => {
  let world: GossipWorld;
  afterEach(() => world.stop());

  async function settled(peers: Record<string, string[]>, buckets = 1): Promise<void> {
    world = new GossipWorld({ peers, buckets });
    world.start();
    for (const name of Object.keys(peers)) world.setViewers(name, 0, 'home', 1);
    await world.pass(SETTLED_MS);
  }
  const viewers = (name: string) => world.shown(name, 0, 'home').viewers;
  const stale = (name: string) => world.at(name).store.peek(0).stale;
  const cut = (...pairs: string[]) => {
    for (const pair of pairs) world.cuts.add(pair);
  };

  it('leaves out who is silent, names it, and counts it again once all of it is here', async () => {
    await settled(MESH);
    expect(viewers('a')).toBe(3);
    cut('a>c', 'b>c', 'c>a', 'c>b');
    await world.pass(SILENCE_MS);
    expect([stale('a'), stale('b'), stale('c')]).toEqual([['c'], ['c'], ['a', 'b']]);
    expect([viewers('a'), viewers('c')]).toEqual([2, 1]);
    world.setViewers('c', 0, 'home', 5);
    world.cuts.clear();
    // At every moment either its viewers are left out, or they are those that it has now.
    for (let ms = 0; ms < SETTLED_MS; ms += 50) {
      await world.pass(50);
      expect([2, 7]).toContain(viewers('a'));
    }
    expect([stale('a'), stale('b'), stale('c')]).toEqual([[], [], []]);
    expect([viewers('a'), viewers('b'), viewers('c')]).toEqual([7, 7, 7]);
  });

  it('holds nobody for stale who is heard of through another', async () => {
    await settled(MESH);
    cut('a>c', 'c>a');
    world.setViewers('c', 0, 'home', 5);
    await world.pass(SILENCE_MS);
    expect([stale('a'), viewers('a')]).toEqual([[], 7]);
  });

  it('tells through the middle of a chain who is silent, and that it is back', async () => {
    await settled(CHAIN);
    cut('b>c', 'c>b');
    await world.pass(SILENCE_MS);
    expect([stale('a'), stale('b')]).toEqual([['c'], ['c']]);
    world.setViewers('c', 0, 'home', 5);
    world.cuts.clear();
    for (let ms = 0; ms < SETTLED_MS; ms += 50) {
      await world.pass(50);
      expect([2, 7]).toContain(viewers('a'));
    }
    expect([stale('a'), viewers('a')]).toEqual([[], 7]);
  });

  it('holds who can ask here, and cannot be asked, for silent', async () => {
    await settled({ a: ['b'], b: ['a'] });
    cut('a>b');
    world.setViewers('b', 0, 'home', 5);
    await world.pass(SILENCE_MS);
    expect([stale('a'), viewers('a')]).toEqual([['b'], 1]);
    expect([stale('b'), viewers('b')]).toEqual([[], 6]);
  });

  it('holds who tells that there is more, and does not give it, for silent', async () => {
    await settled({ a: ['b'], b: ['a'] });
    world.stingy.add('a>b');
    world.setViewers('b', 0, 'home', 5);
    await world.pass(SILENCE_MS);
    expect([stale('a'), viewers('a')]).toEqual([['b'], 1]);
    world.stingy.clear();
    await world.pass(SETTLED_MS);
    expect([stale('a'), viewers('a')]).toEqual([[], 6]);
  });

  it('holds nobody for stale while the own Redis is away', async () => {
    await settled({ a: ['b'], b: ['a'] });
    world.at('a').store.away = true;
    await world.pass(SILENCE_MS);
    world.at('a').store.away = false;
    expect(stale('a')).toEqual([]);
    await world.pass(SETTLED_MS);
    expect([stale('a'), stale('b'), viewers('b')]).toEqual([[], [], 2]);
  });

  it('forgets the viewers of who is out of service in every region, and takes no more of them', async () => {
    await settled(MESH);
    world.at('c').store.add(0, 'home', 8);
    await world.pass(SETTLED_MS);
    await world.at('a').registry.retire({ region: 'c', atMs: 0, by: 'ada' });
    await world.pass(SETTLED_MS);
    expect([viewers('a'), viewers('b')]).toEqual([2, 2]);
    expect(world.shown('b', 0, 'home').likes).toBe(8);
    expect(await world.at('b').registry.retired()).toMatchObject([{ region: 'c', by: 'a' }]);
    world.setViewers('c', 0, 'home', 5);
    world.at('c').store.add(0, 'home', 16);
    await world.pass(SETTLED_MS);
    expect([viewers('a'), viewers('b')]).toEqual([2, 2]);
    // What it has acknowledged is not lost.
    expect(world.shown('b', 0, 'home').likes).toBe(24);
    expect(world.failures).toContainEqual(expect.stringMatching(/^c<a REGION_RETIRED/));
    // For its own visitors it goes on.
    expect(viewers('c')).toBeGreaterThanOrEqual(5);
    expect(await world.at('c').registry.retired()).toEqual([]);
  });

  it('asks for nothing while nothing changes, however much there is', async () => {
    const idleAsks = async (counters: number): Promise<number> => {
      await settled({ a: ['b'], b: ['a'] }, 4);
      for (let at = 0; at < counters; at += 1) world.at('a').store.add(at % 4, `page${at}`, 1);
      await world.pass(60_000);
      const before = { ...world.asked };
      await world.pass(60_000);
      expect(world.asked.pulls).toBe(before.pulls);
      return world.asked.digests - before.digests;
    };
    // One wait of each for the other after another.
    const most = (2 * 60_000) / PERIOD_MS;
    expect(await idleAsks(4)).toBeLessThanOrEqual(most);
    await world.stop();
    expect(await idleAsks(400)).toBeLessThanOrEqual(most);
  });

  it('takes many changes of a moment with one pull', async () => {
    await settled({ a: ['b'], b: ['a'] });
    const before = world.asked.pulls;
    for (let ms = 0; ms < 1000; ms += 1) {
      world.at('b').store.add(0, 'home', 1);
      await world.pass(1);
    }
    await world.pass(SETTLED_MS);
    expect(world.shown('a', 0, 'home').likes).toBe(1000);
    expect(world.asked.pulls - before).toBeLessThan(40);
  });

  it('asks for each bucket once in a region whose counter-apis see each other', async () => {
    const peers = { a: ['b'], b: ['a'] };
    world = new GossipWorld({ peers, buckets: 32, counterApis: 2, areSeen: true });
    world.start();
    for (let bucket = 0; bucket < 32; bucket += 1) world.setViewers('b', bucket, 'home', 1);
    await world.pass(SETTLED_MS);
    const shares = ['a 0', 'a 1'].map((who) => [...(world.pulled.get(who) ?? [])]);
    expect(shares.map((share) => share.length > 0)).toEqual([true, true]);
    const both = shares.flat().sort((left, right) => left - right);
    expect(both).toEqual([...Array(32).keys()]);
    expect(world.shown('a', 31, 'home').viewers).toBe(1);
  });

  it('asks for no longer wait than a peer grants, however seldom it looks', async () => {
    world = new GossipWorld({ peers: { a: ['b'], b: ['a'] }, buckets: 1, periodMs: 60_000 });
    world.start();
    world.setViewers('b', 0, 'home', 1);
    await world.pass(1000);
    expect([world.failures, viewers('a')]).toEqual([[], 1]);
  });

  it('says nothing of buckets while it has not read all of its own', async () => {
    await settled({ a: ['b'], b: ['a'] });
    const [gossip] = new GossipWorld({ peers: { a: ['b'], b: ['a'] }, buckets: 1 }).at('a').gossips;
    const request = { region: 'b', buckets: 1, retired: [], after: null, waitMs: 0 };
    expect(await gossip?.answers.digest(request)).toEqual({
      ok: false,
      error: 'STORE_UNAVAILABLE',
    });
    await gossip?.standings.readAll();
    expect(await gossip?.answers.digest(request)).toMatchObject({ ok: true });
  });

  it.each([
    ['whom it does not know', { region: 'x', buckets: 1 }, 'UNKNOWN_REGION'],
    ['whoever has its own name', { region: 'a', buckets: 1 }, 'UNKNOWN_REGION'],
    ['another number of buckets', { region: 'b', buckets: 2 }, 'BUCKETS_MISMATCH'],
  ])('answers no digest for %s', async (_, asker, error) => {
    await settled({ a: ['b'], b: ['a'] });
    const [gossip] = world.at('a').gossips;
    const request = { retired: [], after: null, waitMs: 0, ...asker };
    expect(await gossip?.answers.digest(request)).toEqual({ ok: false, error });
  });
});
