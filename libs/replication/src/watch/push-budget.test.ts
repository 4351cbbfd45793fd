import { PushBudget } from './push-budget.js';
import { HandClock, settled } from './testing/hand-clock.js';

describe('PushBudget', () => {
  const PER_SECOND = 100;
  let clock: HandClock;
  let budget: PushBudget;
  let granted: string[];
  beforeEach(() => {
    clock = new HandClock();
    budget = new PushBudget(PER_SECOND, clock);
    granted = [];
  });
  const take = (...names: string[]): void => {
    for (const name of names) void budget.take().then(() => granted.push(name));
  };

  it('lets a tenth of a second of pushes leave at once, the rest at its pace and in turn', async () => {
    take(...'abcdefghijkl');
    take('m');
    await settled();
    expect(granted.join('')).toBe('abcdefghijk');
    expect(budget.waiting).toBe(2);
    await clock.advance(10);
    expect(granted.join('')).toBe('abcdefghijkl');
    await clock.advance(10);
    expect(granted.join('')).toBe('abcdefghijklm');
    expect(budget.waiting).toBe(0);
  });

  it('grants as many a second as it says, however many ask', async () => {
    for (let turn = 0; turn < 300; turn += 1) {
      take('x', 'x');
      await clock.advance(10);
    }
    expect(granted.length).toBe(3 * PER_SECOND + PER_SECOND / 10 + 1);
  });

  it('keeps nothing of what was unused longer ago', async () => {
    await clock.advance(60_000);
    take(...'abcdefghijklmnop');
    await settled();
    expect(granted.length).toBe(11);
  });
});
