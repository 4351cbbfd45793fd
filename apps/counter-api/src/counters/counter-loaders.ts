import { Inject, Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { HeadcountError, type CounterValue } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import { COUNTERS_MAX, CountersService } from './counters.service.js';

/** Loads counters, together with the others that are asked for at the same time. */
export type CounterLoader = DataLoader<CounterRef, CounterValue, string>;

/** A loader for each request, so that a document with a hundred counters is one read a bucket. */
@Injectable()
export class CounterLoaders {
  private readonly loaders = new WeakMap<object, CounterLoader>();

  constructor(@Inject(CountersService) private readonly counters: CountersService) {}

  /** That of a request. */
  of(request: object): CounterLoader {
    let loader = this.loaders.get(request);
    if (!loader) this.loaders.set(request, (loader = this.made()));
    return loader;
  }

  private made(): CounterLoader {
    return new DataLoader((counters) => this.read(counters), {
      cacheKeyFn: ({ pageId, name }) => `${pageId} ${name}`,
      maxBatchSize: COUNTERS_MAX,
    });
  }

  private async read(counters: readonly CounterRef[]): Promise<(CounterValue | Error)[]> {
    try {
      return await this.counters.readAll(counters);
    } catch (thrown) {
      if (!(thrown instanceof HeadcountError) || thrown.code !== 'OUT_OF_RANGE') throw thrown;
      // One of them cannot be shown; the others can.
      const alone = (counter: CounterRef) => this.counters.read(counter).catch(errorOf);
      return Promise.all(counters.map(alone));
    }
  }
}

const errorOf = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
