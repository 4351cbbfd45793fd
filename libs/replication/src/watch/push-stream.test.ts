import type { PushRequest } from '@headcount/protocol';
import { PushBudget } from './push-budget.js';
import { PushStream, type PushOutcome } from './push-stream.js';
import { HandClock, settled } from './testing/hand-clock.js';
import type { WatchedUser, Watcher } from './watched.js';

const TICK_MS = 100;

describe('PushStream', () => {
  let clock: HandClock;
  let budget: PushBudget;
  let pushed: PushRequest[];
  let outcome: PushOutcome;
  let ended: number;
  beforeEach(() => {
    clock = new HandClock();
    budget = new PushBudget(10, clock);
    [pushed, outcome, ended] = [[], 'taken', 0];
  });
  const open = (): PushStream =>
    new PushStream({
      ...{ tickMs: TICK_MS, timers: clock, budget },
      way: {
        push: (request) => {
          pushed.push(request);
          return Promise.resolve(outcome);
        },
        close: () => Promise.resolve(),
      },
      valueOf: () => null,
      onPush: () => undefined,
      onEnd: () => (ended += 1),
    });
  const user = (userId: string, stream: PushStream): WatchedUser<Watcher> => ({
    ...{ kind: 'user', key: userId, userId, watchers: new Set([stream]) },
  });
  const users = () => pushed.map((request) => request.users?.join(' '));

  it('sends a first change at once, and what is changed again once a tick', async () => {
    const stream = open();
    const ann = user('ann', stream);
    stream.offer(ann);
    await settled();
    stream.offer(ann);
    stream.offer(ann);
    await settled();
    expect(users()).toEqual(['ann']);
    await clock.advance(TICK_MS);
    expect(users()).toEqual(['ann', 'ann']);
    expect(pushed.map(({ from, to }) => [from, to])).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  it('waits for its turn where the budget of all is used up, and sends then what has changed meanwhile', async () => {
    const [one, other] = [open(), open()];
    one.offer(user('ann', one));
    other.offer(user('bob', other));
    await settled();
    expect(users()).toEqual(['ann', 'bob']);
    one.offer(user('carl', one));
    await settled();
    one.offer(user('dora', one));
    const late = user('emil', one);
    one.offer(late);
    one.drop(late);
    await settled();
    expect(users()).toEqual(['ann', 'bob']);
    await clock.advance(TICK_MS);
    expect(users()).toEqual(['ann', 'bob', 'carl dora']);
  });

  it('sends nothing where all that waited was given up, and nothing once it is closed', async () => {
    const stream = open();
    for (const name of ['ann', 'bob']) {
      stream.offer(user(name, stream));
      await settled();
    }
    const carl = user('carl', stream);
    stream.offer(carl);
    await settled();
    stream.drop(carl);
    await clock.advance(TICK_MS);
    expect(users()).toEqual(['ann', 'bob']);
    stream.offer(user('dora', stream));
    await settled();
    stream.close();
    await clock.advance(10 * TICK_MS);
    expect(users()).toEqual(['ann', 'bob']);
    expect(ended).toBe(1);
  });

  it('tries again what was not taken, and ends after ten seconds of that', async () => {
    const stream = open();
    outcome = 'failed';
    stream.offer(user('ann', stream));
    for (let turn = 0; turn < 200 && ended === 0; turn += 1) await clock.advance(TICK_MS);
    expect(ended).toBe(1);
    expect(pushed.length).toBeGreaterThan(10);
    expect(pushed.every(({ from, to }) => from === 1 && to === 2)).toBe(true);
  });
});
