/** Readers of one counter-api, which keeps in memory what they ask for again and again, as its CountersService does. */
import { compareRev } from '@headcount/crdt';
import type {
  Batch,
  BatchAdded,
  CounterStore,
  CounterView,
  CountersRead,
} from '@headcount/counter-store';
import { VIEWERS, type CounterName, type PageId, type WireCounter } from '@headcount/protocol';
import type { CounterCache, CounterRef } from '@headcount/replication';
import type { Process } from '../core/process.js';

/** Pause between two questions for one counter, in milliseconds: shorter than that between two looks at a bucket. */
const AGAIN_MS = 700;

export class CounterReaders {
  private readonly asked = new Map<string, CounterRef>();

  /** `cache` null: whatever is asked Redis is asked. */
  constructor(
    private readonly counters: Pick<CounterStore, 'read'>,
    private readonly cache: CounterCache | null,
    private readonly process: Process,
  ) {
    if (cache !== null) process.every(AGAIN_MS, 'readers ask again', () => this.askAgain());
  }

  /** Somebody has to do with these counters, and will ask for them from now on. */
  interest(counters: readonly WireCounter[]): void {
    for (const [pageId, name] of counters) {
      this.asked.set(`${pageId} ${name}`, { pageId: pageId as PageId, name: name as CounterName });
    }
  }

  /** Halts where whoever has just changed counters here would be shown what they were before. */
  demandOwn({ additions }: Batch, { added, position }: BatchAdded): void {
    // The last addition to a counter tells how it stood at the end.
    const last = new Map(additions.map((each, at) => [`${each.pageId} ${each.name}`, at]));
    for (const at of last.values()) {
      const { pageId, name } = additions[at] ?? {};
      const counter = { pageId: pageId as PageId, name: name as CounterName };
      const value = this.cache?.shown(counter) ?? null;
      if (value === null || counter.name === VIEWERS || compareRev(value, position) >= 0) continue;
      // Of an earlier rev, so it cannot have changed since.
      const count = added[at]?.view.durable;
      if (value.count !== count)
        this.process.world.halt([`${value.count} ${counter.name} are kept, there are ${count}`]);
    }
  }

  /** What counters show: in the place of their durable part where they are kept, for they are added up by then. */
  async read(bucket: number, counters: readonly CounterRef[]): Promise<CountersRead> {
    const read = await this.counters.read(bucket, counters);
    const views = read.views.map((view, at) => {
      const counter = counters[at];
      return (counter && this.shown(counter)) ?? view;
    });
    return { ...read, views };
  }

  private askAgain(): void {
    for (const counter of this.asked.values()) this.shown(counter);
  }

  private shown(counter: CounterRef): CounterView | null {
    const value = this.cache?.shown(counter) ?? null;
    if (value === null) {
      this.cache?.missed(counter);
      return null;
    }
    const { count, connections, updatedAtMs } = value;
    return { viewers: 0, durable: count, connections, updatedAtMs };
  }
}

/** The same store; `told` of each batch that was taken. */
export function observedAdds(
  store: CounterStore,
  told: (batch: Batch, added: BatchAdded) => void,
): CounterStore {
  const add = async (batch: Batch): Promise<BatchAdded> => {
    const added = await store.add(batch);
    told(batch, added);
    return added;
  };
  return Object.create(store, { add: { value: add } }) as CounterStore;
}
