/** Whoever asks any counter-api of a region is answered with the truth. */
import { VIEWERS, bucketOf, type PageId } from '@headcount/protocol';
import type { CountersRead } from '@headcount/counter-store';
import { READ_PATH, type ReadRequest } from '../api/counter-api.js';
import type { Cluster } from '../cluster.js';
import { LIKES } from '../crowd/crowd.js';
import { pagesOf, trueCount, type Standing, type Truth } from './convergence.js';

interface Asked {
  readonly host: string;
  readonly request: ReadRequest;
  answer: CountersRead | null;
}

export class ApiReaders {
  private asked: Asked[] = [];

  constructor(private readonly cluster: Cluster) {}

  /** Asks every counter-api for every counter of every bucket. */
  ask(truth: Truth): void {
    const { cluster } = this;
    this.asked = [];
    for (const host of cluster.counterApis.keys()) {
      const client = cluster.clientOf(host, 'reader');
      for (const [bucket, pages] of byBucket(pagesOf(truth), cluster.topology.buckets)) {
        const counters = pages.flatMap((pageId) => [
          { pageId, name: VIEWERS },
          { pageId, name: LIKES },
        ]);
        const asked: Asked = { host, request: { bucket, counters }, answer: null };
        this.asked.push(asked);
        void client.call<CountersRead>(READ_PATH, asked.request).then((answer) => {
          if (answer.ok) asked.answer = answer.value;
        });
      }
    }
  }

  /** What is wrong in the answers. */
  wrong(truth: Truth, standing: Standing): string[] {
    const wrong: string[] = [];
    for (const { host, request, answer } of this.asked) {
      if (answer === null) wrong.push(`${host} does not answer`);
      answer?.views.forEach(({ viewers, durable }, at) => {
        const { pageId, name } = request.counters[at] ?? { pageId: '' as PageId, name: VIEWERS };
        const count = name === VIEWERS ? Math.max(0, viewers + durable) : durable;
        const expected = trueCount(truth, standing, pageId, name);
        if (count !== expected)
          wrong.push(`${host} answers ${count} ${name} of ${pageId}, there are ${expected}`);
      });
    }
    return wrong;
  }
}

function byBucket(pages: readonly PageId[], buckets: number): Map<number, PageId[]> {
  const found = new Map<number, PageId[]>();
  for (const page of pages) {
    const bucket = bucketOf(page, buckets);
    found.set(bucket, [...(found.get(bucket) ?? []), page]);
  }
  return found;
}
