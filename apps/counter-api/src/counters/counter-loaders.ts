import { Inject, Injectable } from '@nestjs/common';
import { RequestLoader, oneByOne } from '@headcount/platform';
import { HeadcountError, type CounterValue } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import { COUNTERS_MAX, CountersService } from './counters.service.js';

/** Loads counters, so that a document with a hundred of them is one read a bucket, and the same one twice is one. */
@Injectable()
export class CounterLoaders {
  private readonly loader = new RequestLoader<CounterRef, CounterValue>({
    read: (counters) => this.read(counters),
    textOf: ({ pageId, name }) => `${pageId} ${name}`,
    keysMax: COUNTERS_MAX,
  });

  constructor(@Inject(CountersService) private readonly counters: CountersService) {}

  /** One counter, together with the others that the request asks for at the same time. */
  load(counter: CounterRef): Promise<CounterValue> {
    return this.loader.load(counter);
  }

  /** Counters in the order asked. */
  loadAll(counters: readonly CounterRef[]): Promise<CounterValue[]> {
    return Promise.all(counters.map((counter) => this.loader.load(counter)));
  }

  private async read(counters: readonly CounterRef[]): Promise<readonly (CounterValue | Error)[]> {
    try {
      return await this.counters.readAll(counters);
    } catch (thrown) {
      if (!(thrown instanceof HeadcountError) || thrown.code !== 'OUT_OF_RANGE') throw thrown;
      // One of them cannot be shown; the others can.
      return oneByOne((counter: CounterRef) => this.counters.read(counter))(counters);
    }
  }
}
