import { Inject, Injectable } from '@nestjs/common';
import { coversRegions, type RegionVector } from '@headcount/crdt';
import { available, CONFIG } from '@headcount/platform';
import { HeadcountError, bucketOf, orThrow, type PageId } from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { decodeVersion, encodeVersion } from './version-token.js';

/** Reading one's own writes, wherever they were made (DESIGN.md §4, `minVersion`). */
@Injectable()
export class VersionsService {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
  ) {}

  /** A version that covers all that this region shows of a page by now. Throws STORE_UNAVAILABLE. */
  async of(pageId: PageId): Promise<string> {
    const bucket = bucketOf(pageId, this.config.BUCKETS);
    return encodeVersion({ bucket, vector: await this.vectorOf(bucket) });
  }

  /** Throws NOT_YET_HERE where this region lacks something of `minVersion`, BAD_VERSION where it is of no such page. */
  async demand(pageId: PageId, minVersion: string): Promise<void> {
    const { bucket, vector } = orThrow(decodeVersion(minVersion));
    if (bucket !== bucketOf(pageId, this.config.BUCKETS)) throw new HeadcountError('BAD_VERSION');
    if (!coversRegions(await this.vectorOf(bucket), vector))
      throw new HeadcountError('NOT_YET_HERE');
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
