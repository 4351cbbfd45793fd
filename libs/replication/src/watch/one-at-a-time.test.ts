import { OneAtATime } from './one-at-a-time.js';

/** A task whose runs end when the test says so. */
function bench() {
  const runs: { end: () => void; fail: () => void }[] = [];
  const once = new OneAtATime(
    () =>
      new Promise<void>((end, fail) => {
        runs.push({ end, fail: () => fail(new Error('away')) });
      }),
  );
  return { runs, once };
}

const turnEnds = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('OneAtATime', () => {
  it('runs once more after what is under way, however often that is asked for meanwhile', async () => {
    const { runs, once } = bench();
    const first = once.run();
    const joined = [once.run(), once.run()];
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    await Promise.all([first, ...joined]);
    await turnEnds();
    expect(runs).toHaveLength(2);
    runs[1]?.end();
    await turnEnds();
    expect(runs).toHaveLength(2);
  });

  it('tells of a failure whoever waits, and nobody else', async () => {
    const { runs, once } = bench();
    const waiting = once.run();
    once.wish();
    runs[0]?.fail();
    await expect(waiting).rejects.toThrow('away');
    await turnEnds();
    expect(runs).toHaveLength(2);
    runs[1]?.fail();
    await turnEnds();
    once.wish();
    expect(runs).toHaveLength(3);
    runs[2]?.end();
  });
});
