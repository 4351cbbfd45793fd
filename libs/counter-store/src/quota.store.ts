/** Who may lower a bounded counter, and by how much (ADR 15). */
import { fenceArgs } from './fence.js';
import { counterKey, counterStem, indexKey, metaKey } from './keys.js';
import { quotaGive, type QuotaGiven } from './scripts/quota-give.js';
import { quotaRead, type QuotaRead } from './scripts/quota-read.js';
import { peersArg, scriptNow, type StoreContext } from './store-context.js';

/** A bounded counter by its bucket and names. */
export interface QuotaAsk {
  readonly bucket: number;
  readonly pageId: string;
  readonly name: string;
}

/** Port of quotas. Rejects with ioredis' errors while Redis is away. */
export interface QuotaStore {
  /** Who has rights, as of what is known here. */
  read(counter: QuotaAsk): Promise<QuotaRead>;
  /**
   * Gives `receiver`, another region, what it wants and a fair share of what is left, or all where that is less; resolves when it is
   * durable. Sent again it gives again: no right is lost by that.
   */
  give(counter: QuotaAsk, receiver: string, wanted: number): Promise<QuotaGiven>;
}

/** Quotas on Redis. */
export class RedisQuotaStore implements QuotaStore {
  constructor(private readonly context: StoreContext) {}

  read({ bucket, pageId, name }: QuotaAsk): Promise<QuotaRead> {
    return quotaRead.run(
      this.context.redis,
      [metaKey(bucket)],
      [counterKey(pageId, name).key, counterStem(pageId, name), peersArg(this.context)],
    );
  }

  async give(
    { bucket, pageId, name }: QuotaAsk,
    receiver: string,
    wanted: number,
  ): Promise<QuotaGiven> {
    const { redis, seen, durability } = this.context;
    const given = await quotaGive.run(
      redis,
      [metaKey(bucket), indexKey(bucket)],
      [
        ...fenceArgs(this.context, bucket),
        scriptNow(this.context),
        counterKey(pageId, name).key,
        counterStem(pageId, name),
        receiver,
        wanted,
        peersArg(this.context),
      ],
    );
    seen.note(bucket, given.position);
    await durability.reached(given.replid);
    return given;
  }
}
