import { JoinedRuns } from './joined-runs.js';
import { RequestWork, withinRequest } from './request-work.js';

interface Begun {
  readonly key: string;
  readonly end: (value: string) => void;
  readonly fail: (cause: Error) => void;
}

function recorded(): { readonly runs: JoinedRuns<string, string>; readonly begun: Begun[] } {
  const begun: Begun[] = [];
  const runs = new JoinedRuns<string, string>(
    (key) => new Promise((end, fail) => begun.push({ key, end, fail })),
  );
  return { runs, begun };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('JoinedRuns', () => {
  it('answers all who come while a run is under way from the one run after it', async () => {
    const { runs, begun } = recorded();
    const first = runs.join('ann');
    const later = Array.from({ length: 50 }, () => runs.join('ann'));
    expect(begun).toHaveLength(1);
    begun[0]?.end('old');
    expect(await first).toBe('old');
    await settled();
    expect(begun).toHaveLength(2);
    begun[1]?.end('new');
    expect(new Set(await Promise.all(later))).toEqual(new Set(['new']));
    expect(begun).toHaveLength(2);
  });

  it('starts at once where no run is under way, and keeps nothing', async () => {
    const { runs, begun } = recorded();
    for (const value of ['a', 'b', 'c']) {
      const run = runs.join('ann');
      begun[begun.length - 1]?.end(value);
      expect(await run).toBe(value);
    }
    expect(begun).toHaveLength(3);
    expect((runs as unknown as { runs: Map<string, unknown> }).runs.size).toBe(0);
  });

  it('runs different keys side by side', () => {
    const { runs, begun } = recorded();
    void runs.join('ann');
    void runs.join('bob');
    expect(begun.map(({ key }) => key)).toEqual(['ann', 'bob']);
  });

  it('runs again after a failure, which only its own callers see', async () => {
    const { runs, begun } = recorded();
    const first = runs.join('ann');
    const second = runs.join('ann');
    begun[0]?.fail(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await settled();
    begun[1]?.end('back');
    expect(await second).toBe('back');
  });

  it('goes on where the caller that began the run has gone', async () => {
    const runs = new JoinedRuns<string, string>(async (key) => {
      await settled();
      return key;
    });
    const work = new RequestWork({ callsMax: 1 });
    const first = withinRequest(work, () => runs.join('ann'));
    work.end(false);
    expect(await first).toBe('ann');
    await expect(withinRequest(work, () => runs.join('ann'))).rejects.toThrow('gone');
  });
});
