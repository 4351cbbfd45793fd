import { RequestWork, withinRequest } from '@headcount/platform';
import { HeadcountError, type CounterValue } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import { CounterLoaders } from './counter-loaders.js';
import type { CountersService } from './counters.service.js';
import { counterRef } from './input.js';

/** Counters of which each shows the code of its page; `full` shows nothing. Notes each read. */
function harness() {
  const reads: string[][] = [];
  const valueOf = ({ pageId, name }: CounterRef): CounterValue => {
    if (name === 'full') throw new HeadcountError('OUT_OF_RANGE');
    const version = { incarnation: 'i', rev: 1 };
    const count = pageId.charCodeAt(0);
    return { pageId, name, count, connections: 0, updatedAtMs: null, staleRegions: [], ...version };
  };
  const service = {
    readAll: async (counters: readonly CounterRef[]) => {
      reads.push(counters.map(({ pageId }) => pageId));
      return counters.map(valueOf);
    },
    read: async (counter: CounterRef) => valueOf(counter),
  };
  return { reads, loaders: new CounterLoaders(service as unknown as CountersService) };
}

const request = <T>(task: () => T): T => withinRequest(new RequestWork({ callsMax: 10 }), task);

describe('the counters of one request', () => {
  it('are read together, each once', async () => {
    const { reads, loaders } = harness();
    const load = (page: string) => loaders.load(counterRef(page, 'likes'));
    const values = await request(() => Promise.all(['b', 'a', 'b'].map(load)));
    expect(values.map(({ count }) => count)).toEqual([98, 97, 98]);
    expect(reads).toEqual([['b', 'a']]);
  });

  it('are not those of another', async () => {
    const { reads, loaders } = harness();
    const twice = async () => {
      await loaders.load(counterRef('a', 'likes'));
      await loaders.load(counterRef('a', 'likes'));
    };
    await request(twice);
    await request(twice);
    expect(reads).toEqual([['a'], ['a']]);
  });

  it('are shown though one of them cannot be', async () => {
    const { loaders } = harness();
    const [good, bad] = await request(() =>
      Promise.allSettled([
        loaders.load(counterRef('a', 'likes')),
        loaders.load(counterRef('a', 'full')),
      ]),
    );
    expect(good).toMatchObject({ value: { count: 97 } });
    expect(bad).toMatchObject({ reason: { code: 'OUT_OF_RANGE' } });
  });
});
