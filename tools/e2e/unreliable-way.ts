/** Clients whose connections are cut in the middle of replies, again and again, and who send again what has no answer. */
import { TcpProxy, type Random } from '@headcount/testing';
import { like } from './region-counters.js';

/** Longer than a reply of counter-api, its head included: about half of all cuts fall into the first reply after they were ordered. */
const REPLY_BYTES_MAX = 1500;

/** What is to be done, and how badly. */
export interface Storm {
  readonly pageId: string;
  readonly increments: number;
  readonly cuts: number;
  readonly workers: number;
}

/** What happened. `failures`: requests that got no whole reply. */
export interface StormReport {
  readonly cuts: number;
  readonly failures: number;
}

/** Adds one; rejects where there is no whole reply. */
export type AddOne = (
  url: string,
  operation: { readonly pageId: string; readonly opId: string },
) => Promise<unknown>;

/** Adds one `increments` times through a proxy that cuts `cuts` replies, each with an operation id until it is answered. */
export async function likeThroughCuts(
  port: number,
  { pageId, increments, cuts, workers }: Storm,
  random: Random,
  addOne: AddOne = like,
): Promise<StormReport> {
  const proxy = await TcpProxy.to(port);
  const url = `http://127.0.0.1:${proxy.port}`;
  let next = 0;
  let ordered = 0;
  let failures = 0;
  const once = async (opId: string): Promise<void> => {
    for (;;) {
      if (ordered === proxy.repliesCut && ordered < cuts) {
        ordered += 1;
        proxy.cutReplyAfter(Math.floor(random() * REPLY_BYTES_MAX));
      }
      try {
        await addOne(url, { pageId, opId });
        return;
      } catch {
        failures += 1;
      }
    }
  };
  const work = async (): Promise<void> => {
    while (next < increments) {
      next += 1;
      await once(`${pageId}-${next}`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const report = { cuts: proxy.repliesCut, failures };
  await proxy.close();
  return report;
}

/** Shorter than any reply, so that one that is cut after as many bytes is not whole. */
const REPLY_BYTES_MIN = 200;

/**
 * Adds one `increments` times, and cuts the first reply to each of them somewhere. Returns how often one was sent again. Rejects
 * where a reply that was to be cut came whole, or had not been cut.
 */
export async function likeWithEveryReplyCut(
  port: number,
  { pageId, increments, workers }: Omit<Storm, 'cuts'>,
  random: Random,
  addOne: AddOne,
): Promise<number> {
  let next = 0;
  let again = 0;
  const work = async (): Promise<void> => {
    // A way of its own, or the reply of another would be cut.
    const proxy = await TcpProxy.to(port);
    const url = `http://127.0.0.1:${proxy.port}`;
    for (let opId = ''; next < increments;) {
      opId = `${pageId}-${(next += 1)}`;
      const before = proxy.repliesCut;
      proxy.cutReplyAfter(Math.floor(random() * REPLY_BYTES_MIN));
      const add = () =>
        addOne(url, { pageId, opId }).then(
          () => true,
          () => false,
        );
      if (await add()) throw new Error(`the reply to ${opId} came whole`);
      do again += 1;
      while (!(await add()));
      if (proxy.repliesCut === before) throw new Error(`no reply to ${opId} was cut`);
    }
    await proxy.close();
  };
  await Promise.all(Array.from({ length: workers }, work));
  return again;
}
