/**
 * Goal    whatever requests fail, and however holders come and go, the home ends up with exactly
 *         the counters that are wanted.
 * Method  random histories against a home that is a plain set. A request may be lost, or taken with
 *         its answer lost, which the book cannot tell apart; the home may restart empty.
 */
import type { CounterName, InterestRequest, PageId } from '@headcount/protocol';
import fc from 'fast-check';
import { counterKey, type CounterId } from './counter-key.js';
import { InterestBook } from './interest-book.js';
import { GRACE_MS } from './wanted-set.js';

const counters: CounterId[] = ['a', 'b', 'c'].flatMap((pageId) =>
  ['viewers', 'likes'].map((name) => ({ pageId: pageId as PageId, name: name as CounterName })),
);

class World {
  readonly book = new InterestBook();
  readonly holders = new Map<CounterId, number>();
  readonly home = new Set<string>();
  nowMs = 0;
  private request: InterestRequest | null = null;

  hold(counter: CounterId): void {
    this.holders.set(counter, (this.holders.get(counter) ?? 0) + 1);
    this.book.counters.hold(counter);
  }

  release(counter: CounterId): void {
    const held = this.holders.get(counter) ?? 0;
    if (held === 0) return;
    this.holders.set(counter, held - 1);
    this.book.counters.release(counter, this.nowMs);
  }

  send(): void {
    this.request ??= this.book.takeRequest();
  }

  end(how: End): void {
    if (this.request === null) return;
    if (how !== 'lost') this.take(this.request);
    this.request = null;
    if (how === 'good') this.book.succeeded();
    else this.book.failed();
  }

  restart(): void {
    this.home.clear();
    this.book.restate();
  }

  settle(): void {
    this.end('good');
    this.nowMs += GRACE_MS;
    this.book.counters.expire(this.nowMs);
    for (this.send(); this.request !== null; this.send()) this.end('good');
  }

  private take({ whole, add, drop }: InterestRequest): void {
    if (whole) this.home.clear();
    for (const [pageId, name] of drop) this.home.delete(counterKey({ pageId, name }));
    for (const [pageId, name] of add) this.home.add(counterKey({ pageId, name }));
  }
}

type End = 'good' | 'unanswered' | 'lost';
type Step =
  | { does: 'hold' | 'release'; counter: CounterId }
  | { does: 'send' | 'restart' | 'expire' }
  | { does: 'wait'; ms: number }
  | { does: 'end'; how: End };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constantFrom('hold', 'release'), counter: fc.constantFrom(...counters) }),
  fc.record({ does: fc.constantFrom('send', 'restart', 'expire') }),
  fc.record({ does: fc.constant('wait'), ms: fc.nat(2 * GRACE_MS) }),
  fc.record({ does: fc.constant('end'), how: fc.constantFrom<End>('good', 'unanswered', 'lost') }),
);

function perform(world: World, made: Step): void {
  switch (made.does) {
    case 'hold':
      return world.hold(made.counter);
    case 'release':
      return world.release(made.counter);
    case 'send':
      return world.send();
    case 'end':
      return world.end(made.how);
    case 'restart':
      return world.restart();
    case 'expire':
      world.book.counters.expire(world.nowMs);
      return;
    case 'wait':
      world.nowMs += made.ms;
      return;
  }
}

describe('InterestBook against a home that is a set', () => {
  it('leaves the home with exactly the counters that have holders', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const world = new World();
        for (const made of steps) perform(world, made);
        world.settle();
        const held = counters.filter((counter) => (world.holders.get(counter) ?? 0) > 0);
        expect(world.home).toEqual(new Set(held.map(counterKey)));
        expect(world.book.counters.size).toBe(held.length);
      }),
      { numRuns: 1000 },
    );
  });
});
