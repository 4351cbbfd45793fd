import { Inject, Injectable } from '@nestjs/common';
import type { FeedMessage, Presence } from '@headcount/crdt';
import { available, CONFIG } from '@headcount/platform';
import {
  HeadcountError,
  bucketOf,
  type FeedAnswer,
  type FeedRequest,
  type GoodbyeAnswer,
  type InstanceId,
  type InterestAnswer,
  type InterestRequest,
  type SyncAnswer,
  type SyncRequest,
  type WireFeedMessage,
} from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { countOut } from '@headcount/replication';
import { WatchService } from '../watch/watch.service.js';
import { KnownGateways } from './known-gateways.js';

/** What gateways say over HTTP: docs/protocol.md §5. */
@Injectable()
export class IntakeService {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(WatchService) private readonly watch: WatchService,
    @Inject(KnownGateways) private readonly gateways: KnownGateways,
  ) {}

  /** The heartbeat, and what Redis has of each bucket that the gateway has in use. */
  async sync(
    gateway: InstanceId,
    { buckets, url, heartbeat, versions }: SyncRequest,
  ): Promise<SyncAnswer> {
    if (buckets !== this.config.BUCKETS) {
      throw new HeadcountError(
        'BUCKETS_MISMATCH',
        `BUCKETS is ${this.config.BUCKETS} here and ${buckets} there`,
      );
    }
    if (!this.config.GATEWAY_URLS(url))
      throw new HeadcountError('ADDRESS_NOT_ALLOWED', `${url} is not among GATEWAY_URLS`);
    for (const [bucket, , incarnation, seq, rev] of versions) {
      this.store.seen.note(bucket, { incarnation, seq, rev });
    }
    // First the heartbeat: a version stored of an instance that is not in the registry would be swept away.
    await available(this.store.gateways.beat(gateway, heartbeat));
    this.gateways.note({ id: gateway, url });
    const stored = await available(
      this.store.presence.stored(
        gateway,
        versions.map(([bucket]) => bucket),
      ),
    );
    const differing = versions.flatMap(([bucket, to], place): [number, number][] => {
      const held = stored[place] ?? 0;
      return held === to ? [] : [[bucket, held]];
    });
    return {
      region: this.config.REGION,
      datagramPort: this.gateways.datagramPort,
      stored: differing,
      stream: this.watch.streamPosition(gateway),
    };
  }

  /** Intervals and whole states, each taken by itself. */
  async feed(gateway: InstanceId, { messages }: FeedRequest): Promise<FeedAnswer> {
    this.demandKnown(gateway);
    for (const message of messages) this.demandPlaced(message);
    const results = await Promise.all(
      messages.map(async (message): Promise<FeedAnswer['results'][number]> => {
        const applied = this.store.presence.apply(gateway, message.bucket, feedMessage(message));
        const { verdict, stored } = await available(applied);
        return [message.bucket, verdict, stored];
      }),
    );
    return { results };
  }

  /** Counters that the gateway wants pushed, answered with their values. */
  async interest(gateway: InstanceId, request: InterestRequest): Promise<InterestAnswer> {
    return this.watch.interest(this.demandKnown(gateway), request);
  }

  /** The gateway stops: its viewers are counted out at once. */
  async goodbye(gateway: InstanceId): Promise<GoodbyeAnswer> {
    this.gateways.forget(gateway);
    this.watch.close(gateway);
    const buckets = await available(countOut(this.store.presence, gateway, this.config.BUCKETS));
    await available(forgetInstance(this.store, gateway));
    return { buckets };
  }

  private demandKnown(gateway: InstanceId) {
    const known = this.gateways.get(gateway);
    if (!known) throw new HeadcountError('UNKNOWN_INSTANCE', 'a sync must come first');
    return known;
  }

  private demandPlaced({ bucket, entries }: WireFeedMessage): void {
    const { BUCKETS } = this.config;
    const placed =
      bucket < BUCKETS && entries.every(([pageId]) => bucketOf(pageId, BUCKETS) === bucket);
    if (!placed) throw new HeadcountError('BAD_REQUEST', `a page is not of bucket ${bucket}`);
  }
}

async function forgetInstance({ gateways }: Store, instance: InstanceId): Promise<void> {
  const heartbeat = (await gateways.look()).get(instance);
  if (heartbeat !== undefined) await gateways.forget(instance, heartbeat);
}

function feedMessage({ from, to, entries }: WireFeedMessage): FeedMessage<Presence> {
  return {
    from,
    to,
    entries: entries.map(([key, viewers, connections]) => ({
      key,
      value: { viewers, connections },
      version: to,
    })),
  };
}
