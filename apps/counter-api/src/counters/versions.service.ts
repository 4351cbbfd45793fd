import { Inject, Injectable } from '@nestjs/common';
import { coversRegions, type RegionVector } from '@headcount/crdt';
import { available, CONFIG, oneByOne, RequestLoader } from '@headcount/platform';
import {
  HeadcountError,
  bucketOf,
  orThrow,
  type CounterValue,
  type PageId,
} from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { decodeVersion, encodeVersion } from './version-token.js';

/** Reading one's own writes, wherever they were made (DESIGN.md §4, `minVersion`). */
@Injectable()
export class VersionsService {
  private readonly versions = new RequestLoader<CounterValue, string>({
    read: (values) => this.read(values),
    // What covers an answer covers every other answer as of the same revision, and no later one.
    textOf: ({ pageId, incarnation, rev }) => `${this.bucketOf(pageId)} ${incarnation} ${rev}`,
  });

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
  ) {}

  /** A version that covers this answer and all before it; one look at each bucket. Throws STORE_UNAVAILABLE. */
  of(value: CounterValue): Promise<string> {
    return this.versions.load(value);
  }

  /** Throws NOT_YET_HERE where this region lacks something of `minVersion`, BAD_VERSION where it is of no such page. */
  async demand(pageId: PageId, minVersion: string): Promise<void> {
    const { bucket, vector } = orThrow(decodeVersion(minVersion));
    if (bucket !== this.bucketOf(pageId)) throw new HeadcountError('BAD_VERSION');
    if (!coversRegions(await this.vectorOf(bucket), vector))
      throw new HeadcountError('NOT_YET_HERE');
  }

  private read(values: readonly CounterValue[]): Promise<(string | Error)[]> {
    const looks = new Map<number, Promise<string>>();
    const look = async (bucket: number): Promise<string> =>
      encodeVersion({ bucket, vector: await this.vectorOf(bucket) });
    return oneByOne(({ pageId }: CounterValue) => {
      const bucket = this.bucketOf(pageId);
      const version = looks.get(bucket) ?? look(bucket);
      looks.set(bucket, version);
      return version;
    })(values);
  }

  private bucketOf(pageId: PageId): number {
    return bucketOf(pageId, this.config.BUCKETS);
  }

  private async vectorOf(bucket: number): Promise<RegionVector> {
    const { vector } = await available(this.store.regions.standing(bucket));
    // A bucket that was never used has no incarnation.
    const used = vector.filter(([, incarnation]) => incarnation !== '');
    return new Map(
      used.map(([region, incarnation, seq]) => [
        // Where there are no peers the store does without the region's name.
        region === '' ? this.config.REGION : region,
        { incarnation, seq },
      ]),
    );
  }
}
