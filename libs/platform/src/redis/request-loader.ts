import DataLoader from 'dataloader';
import { currentRequest } from './request-work.js';

export interface RequestLoaderOptions<K, V> {
  /** Reads many, in their order; an Error is the failure of one alone. */
  readonly read: (keys: readonly K[]) => Promise<readonly (V | Error)[]>;
  /** What is asked for, as text; two keys with the same text are read once. */
  readonly textOf: (key: K) => string;
  /** Most keys of one reading. Default: no bound. */
  readonly keysMax?: number;
}

/**
 * Reads once what one request asks for several times, and reads together what it asks for at the same time. What the request
 * writes is seen: `forgetReads` drops what was read before. Outside of requests each call is a reading.
 */
export class RequestLoader<K, V> {
  constructor(private readonly options: RequestLoaderOptions<K, V>) {}

  /** Rejects as `read` does. */
  load(key: K): Promise<V> {
    return this.present().load(key);
  }

  private present(): DataLoader<K, V, string> {
    const reads = currentRequest()?.reads;
    const held = reads?.get(this);
    if (held instanceof DataLoader) return held as DataLoader<K, V, string>;
    const { read, textOf, keysMax = Infinity } = this.options;
    const loader = new DataLoader<K, V, string>(async (keys) => [...(await read(keys))], {
      cacheKeyFn: textOf,
      maxBatchSize: keysMax,
    });
    reads?.set(this, loader);
    return loader;
  }
}

/** Reads each key by itself, for what has no reading of many. */
export const oneByOne =
  <K, V>(read: (key: K) => Promise<V>) =>
  (keys: readonly K[]): Promise<(V | Error)[]> =>
    Promise.all(keys.map((key) => read(key).catch(errorOf)));

const errorOf = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
