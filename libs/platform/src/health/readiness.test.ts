import { Readiness } from './readiness.js';

const wrong = async (readiness: Readiness): Promise<Record<string, string | null>> =>
  Object.fromEntries(await readiness.run());

describe('readiness', () => {
  it('is what the checks say, each under its name', async () => {
    const readiness = new Readiness();
    readiness.add('redis', () => null);
    readiness.add('home', async () => 'no counter-api answers');
    expect(await wrong(readiness)).toEqual({
      running: null,
      redis: null,
      home: 'no counter-api answers',
    });
  });

  it('takes a check that throws for one that is not well', async () => {
    const readiness = new Readiness();
    readiness.add('a', () => {
      throw new Error('broken');
    });
    readiness.add('b', () => Promise.reject(new Error('broken later')));
    expect(await wrong(readiness)).toMatchObject({ a: 'broken', b: 'broken later' });
  });

  it('does not wait for a check for ever', async () => {
    const readiness = new Readiness();
    readiness.add('redis', () => new Promise(() => undefined));
    expect(await wrong(readiness)).toMatchObject({ redis: 'no answer within 1000 ms' });
  });

  it('warns of what does not keep the app from being ready', async () => {
    const readiness = new Readiness();
    let sentence: string | null = null;
    readiness.addWarning('memory', () => sentence);
    expect(readiness.warned).toEqual(new Map());
    sentence = 'it is scarce';
    expect(readiness.warned).toEqual(new Map([['memory', 'it is scarce']]));
    expect(await wrong(readiness)).toEqual({ running: null });
  });

  it('runs a check once for all who ask meanwhile', async () => {
    const readiness = new Readiness();
    let runs = 0;
    const ends: (() => void)[] = [];
    readiness.add('redis', () => {
      runs += 1;
      return new Promise((resolve) => ends.push(() => resolve(null)));
    });
    const asked = Array.from({ length: 100 }, () => readiness.run());
    expect(runs).toBe(1);
    ends[0]?.();
    await Promise.all(asked);
    const later = readiness.run();
    expect(runs).toBe(2);
    ends[1]?.();
    await later;
  });

  it('is over once the app is about to stop', async () => {
    const readiness = new Readiness();
    readiness.stop();
    expect(await wrong(readiness)).toEqual({ running: 'is stopping' });
  });
});
