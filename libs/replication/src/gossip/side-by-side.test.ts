import { allEnded, onEachBucket } from './side-by-side.js';

describe('side by side', () => {
  it('ends when all have ended, also where one fails, and says why', async () => {
    let ended = '';
    let open: () => void = () => undefined;
    const slow = new Promise<void>((done) => (open = done)).then(() => (ended += 'slow '));
    const all = allEnded([
      Promise.reject(new Error('first')),
      slow,
      Promise.reject(new Error('b')),
    ]);
    const told = expect(all)
      .rejects.toThrow('first')
      .then(() => (ended += 'all'));
    open();
    await told;
    expect(ended).toBe('slow all');
  });

  it('acts on every bucket once, in bounded numbers', async () => {
    const acted: number[] = [];
    let [open, most] = [0, 0];
    await onEachBucket(300, async (bucket) => {
      most = Math.max(most, (open += 1));
      await Promise.resolve();
      open -= 1;
      acted.push(bucket);
    });
    expect(acted).toEqual([...Array(300).keys()]);
    expect(most).toBe(128);
  });

  it('goes on to no further buckets after a failure', async () => {
    const acted: number[] = [];
    const all = onEachBucket(300, async (bucket) => {
      acted.push(bucket);
      if (bucket === 5) throw new Error('away');
    });
    await expect(all).rejects.toThrow('away');
    expect(acted).toHaveLength(128);
  });
});
