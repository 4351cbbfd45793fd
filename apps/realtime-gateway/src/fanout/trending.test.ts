/**
 * Goal    the home is asked what trends once for all who ask the same, only while somebody watches, and watchers are told what is new.
 * Method  the class alone, over a keeper of the test's own that answers when and what the test says.
 */
import type { SignedCall } from '@headcount/platform';
import {
  TRENDING_ASKS_MAX,
  err,
  ok,
  type CounterName,
  type TrendingAsk,
  type TrendingRequest,
  type WireTrending,
} from '@headcount/protocol';
import { until } from '@headcount/testing';
import { QUESTIONS_MAX, Trending, type TrendingEvent } from './trending.js';

const ask = (first: number, windowSeconds = 300): TrendingAsk => ({
  ...{ first, windowSeconds, name: 'visits' as CounterName },
});

/** Pauses: none that a test would notice, or one that does not end while it runs. */
const AT_ONCE = 1;
const NEVER = 3_600_000;

function bench(pollMs: number) {
  const synced: (() => void)[] = [];
  const requests: TrendingRequest[] = [];
  const outcomes: string[] = [];
  const world = {
    requests,
    outcomes,
    watched: 0,
    /** What is answered to whoever asks for so many. */
    answers: new Map<number, WireTrending>(),
    isAway: false,
    sync: () => synced.forEach((tell) => tell()),
  };
  const call = async (asked: SignedCall<unknown>) => {
    const body = asked.body as TrendingRequest;
    requests.push(body);
    if (world.isAway) return err({ code: 'UNREACHABLE' as const, detail: '' });
    const answers = body.asks.map(([, , first]) => world.answers.get(first) ?? []);
    return ok(asked.answer.parse({ answers }));
  };
  const trending = new Trending({
    keeper: {
      call: call as never,
      onSynced: (tell) => synced.push(() => tell(null as never, false)),
    },
    clock: { monotonicMs: () => performance.now() },
    metrics: {
      watched: { set: (count: number) => (world.watched = count) },
      requests: { inc: ({ outcome }: { outcome: string }) => outcomes.push(outcome) },
    } as never,
    pollMs,
  });
  const watch = (question: TrendingAsk) => {
    const seen: TrendingEvent[] = [];
    const watching = trending.watch(question, (event) => seen.push(event));
    open.push(watching);
    return { seen, ...watching };
  };
  return { world, watch };
}

const open: { close(): void }[] = [];
afterEach(() => open.splice(0).forEach((watching) => watching.close()));

/** Whatever the end of a turn brings about has happened. */
const turnsEnd = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
};

describe('what trends', () => {
  it('is asked once for all who ask the same, and together with what else is asked', async () => {
    const { world, watch } = bench(NEVER);
    world.answers.set(3, [['home' as never, 2]]);
    world.sync();
    const all = [watch(ask(3)), watch(ask(3)), watch(ask(5, 60))];
    await until(() => all.every(({ seen }) => seen.length === 1));
    expect(world.requests).toEqual([
      {
        asks: [
          ['visits', 300, 3],
          ['visits', 60, 5],
        ],
      },
    ]);
    expect(all.map(({ seen }) => seen)).toEqual([[[['home', 2]]], [[['home', 2]]], [[]]]);
    expect(watch(ask(3)).value()).toEqual([['home', 2]]);
    const later = watch(ask(7, 10));
    await until(() => later.seen.length === 1);
    expect(world.requests.slice(1)).toEqual([{ asks: [['visits', 10, 7]] }]);
    expect(world.watched).toBe(3);
  });

  it('is asked once for all who want to be shown another number of the same pages', async () => {
    const { world, watch } = bench(AT_ONCE);
    const rows = ['home', 'blog', 'shop'].map((page) => [page as never, 2] as const);
    world.answers.set(3, rows);
    world.sync();
    const all = [watch(ask(2)), watch(ask(3)), watch(ask(1))];
    await until(() => all.every(({ seen }) => seen.length === 1));
    expect(all.map(({ seen }) => seen)).toEqual([[rows.slice(0, 2)], [rows], [rows.slice(0, 1)]]);
    expect(world.requests[0]).toEqual({ asks: [['visits', 300, 3]] });
    // Who wants more than has been asked for has it asked at once; who is shown the same is told nothing.
    world.answers.set(4, [...rows, ['news' as never, 1]]);
    const more = watch(ask(4));
    await until(() => more.seen.length === 1);
    expect(more.value()).toHaveLength(4);
    expect(all.map(({ seen }) => seen.length)).toEqual([1, 1, 1]);
    for (const watching of [...all, more]) watching.close();
    expect(world.watched).toBe(0);
  });

  it('has those that the home does not know give way to others', async () => {
    const { world, watch } = bench(NEVER);
    world.answers.set(1, 'BAD_REQUEST');
    world.sync();
    const strangers = Array.from({ length: QUESTIONS_MAX }, (_, at) => watch(ask(1, 10 + at)));
    await until(() => strangers.every(({ seen }) => seen.length === 1));
    const honest = watch(ask(3));
    await until(() => honest.seen.length === 1);
    expect([honest.value(), world.watched]).toEqual([[], QUESTIONS_MAX]);
    for (const stranger of strangers) stranger.close();
    expect(world.watched).toBe(1);
  });

  it('is told when it is something else than before, and only then', async () => {
    const { world, watch } = bench(AT_ONCE);
    world.sync();
    const { seen } = watch(ask(3));
    await until(() => world.requests.length > 3);
    expect(seen).toEqual([[]]);
    world.answers.set(3, [['home' as never, 2]]);
    await until(() => seen.length === 2);
    const { length } = world.requests;
    await until(() => world.requests.length > length + 3);
    expect(seen).toEqual([[], [['home', 2]]]);
  });

  it('is not asked before anybody watches, nor after the last one has left', async () => {
    const { world, watch } = bench(AT_ONCE);
    world.sync();
    await turnsEnd();
    expect(world.requests).toEqual([]);
    const [one, other] = [watch(ask(3)), watch(ask(3))];
    await until(() => other.seen.length === 1);
    one.close();
    one.close();
    const { length } = world.requests;
    await until(() => world.requests.length > length);
    other.close();
    await until(() => world.outcomes.length === world.requests.length);
    const last = world.requests.length;
    world.sync();
    await turnsEnd();
    expect([world.requests.length, world.watched]).toEqual([last, 0]);
    expect(one.seen).toEqual([[]]);
  });

  it('stays what it was while the home is away, and goes on with the sync that finds one', async () => {
    const { world, watch } = bench(AT_ONCE);
    const early = watch(ask(3));
    await turnsEnd();
    expect(world.requests).toEqual([]);
    world.sync();
    await until(() => early.seen.length === 1);
    world.isAway = true;
    world.answers.set(3, [['home' as never, 2]]);
    await until(() => world.outcomes.at(-1) === 'failed');
    const { length } = world.requests;
    const late = watch(ask(3));
    await turnsEnd();
    expect([late.value(), world.requests.length]).toEqual([[], length]);
    world.isAway = false;
    world.sync();
    await until(() => early.seen.length === 2 && late.seen.length === 1);
    expect(late.value()).toEqual([['home', 2]]);
  });

  it('passes on what is wrong with one question, and answers the others', async () => {
    const { world, watch } = bench(NEVER);
    world.answers.set(3, 'BAD_REQUEST');
    world.sync();
    const [wrong, right] = [watch(ask(3)), watch(ask(5, 60))];
    await until(() => right.seen.length === 1);
    expect([wrong.seen, right.seen]).toEqual([['BAD_REQUEST'], [[]]]);
  });

  it('stays what it was while the home has too much to read, and is asked again a pause later', async () => {
    const { world, watch } = bench(NEVER);
    world.answers.set(3, 'TOO_MANY');
    const patient = watch(ask(3));
    world.sync();
    await until(() => world.outcomes.length === 1);
    await turnsEnd();
    expect([patient.seen, world.requests.length]).toEqual([[], 1]);
    const poll = bench(AT_ONCE);
    const other = poll.watch(ask(3));
    poll.world.sync();
    await until(() => other.seen.length === 1);
    poll.world.answers.set(3, 'TOO_MANY');
    const { length } = poll.world.outcomes;
    await until(() => poll.world.outcomes.length > length + 2);
    poll.world.answers.set(3, [['home' as never, 2]]);
    await until(() => other.seen.length === 2);
    expect(other.seen).toEqual([[], [['home', 2]]]);
  });

  it('is asked in as many requests as are needed, and refused beyond the bound', async () => {
    const { world, watch } = bench(NEVER);
    world.sync();
    const all = Array.from({ length: QUESTIONS_MAX }, (_, at) => watch(ask(1, 10 + at)));
    expect(() => watch(ask(2))).toThrow(expect.objectContaining({ code: 'TOO_MANY' }));
    expect(() => watch(ask(1, 10))).not.toThrow();
    await until(() => all.every(({ seen }) => seen.length === 1));
    const lengths = world.requests.map(({ asks }) => asks.length);
    expect(lengths).toEqual(Array(QUESTIONS_MAX / TRENDING_ASKS_MAX).fill(TRENDING_ASKS_MAX));
    all[1]?.close();
    expect(() => watch(ask(2))).not.toThrow();
  });
});
