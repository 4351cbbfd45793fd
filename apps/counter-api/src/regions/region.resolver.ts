import { Inject, Logger } from '@nestjs/common';
import {
  Args,
  Field,
  Float,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  Cost,
  available,
  CLOCK,
  CONFIG,
  Caller,
  DateTime,
  PublicRead,
  demandOperator,
  type Clock,
  type Subject,
} from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { LOOKS } from '@headcount/replication';
import { RegionalCounter } from '../counters/counter.object.js';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { RegionsService } from './regions.service.js';

/** A region as this one sees it. */
@ObjectType({ description: 'A region, as the one that answers sees it.' })
export class RegionStatus {
  @Field(() => String, { description: 'Its name.' })
  readonly name!: string;

  @Field(() => Boolean, {
    description: 'Whether nothing has been heard of it for so long that its viewers are left out.',
  })
  readonly stale!: boolean;

  @Field(() => Float, {
    nullable: true,
    description:
      'How old what is known of it may be, in seconds; 0 for the region that answers; null: not asked yet, or only heard of through others.',
  })
  readonly lagSeconds!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was last heard of; null: never.' })
  readonly lastHeardAt!: number | null;
}

/** What is known of regions, and the operator's word on them. */
@Resolver(() => RegionalCounter)
export class RegionResolver {
  private readonly logger = new Logger('Audit');

  constructor(
    @Inject(RegionsService) private readonly service: RegionsService,
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PublicRead()
  @Cost({ own: 10 })
  @Query(() => [RegionStatus], {
    description: 'Every region in service, the one that answers first.',
  })
  regions(): RegionStatus[] {
    const { gossip } = this.service;
    const nowMs = this.clock.nowMs();
    const own = { name: this.config.REGION, stale: false, lagSeconds: 0, lastHeardAt: nowMs };
    if (!gossip) return [own];
    const others = [...gossip.watch.regions]
      .filter(([name]) => name !== own.name && !gossip.watch.retired.has(name))
      .map(([name, { stale, heardAtMs }]) => ({
        name,
        stale,
        lagSeconds: this.lagSeconds(name),
        lastHeardAt: heardAtMs === 0 ? null : heardAtMs,
      }));
    return [own, ...others.sort((left, right) => (left.name < right.name ? -1 : 1))];
  }

  @Cost({ own: 5 })
  @ResolveField('regions', () => [RegionStatus], {
    description: 'The regions that the count is made of, and how fresh what each says is.',
  })
  regionsOfCounter(): RegionStatus[] {
    return this.regions();
  }

  @Cost({ own: 10 })
  @Mutation(() => [RegionStatus], {
    description:
      'Takes a region that is stale out of service for good: its viewers are forgotten, its durable counts stay. It can come back under another name only.',
  })
  async retireRegion(
    @Args('name', { type: () => String, description: 'The region.' }) name: string,
    @Caller() caller: Subject,
  ): Promise<RegionStatus[]> {
    const by = demandOperator(caller, this.config);
    const { gossip } = this.service;
    const status = gossip?.watch.regions.get(name);
    if (!gossip || !status || name === this.config.REGION) {
      throw new HeadcountError('BAD_REQUEST', `${name} is no other region that is known here.`);
    }
    // Stale may be what this region was a moment ago: what has just been heard is in use.
    const silentMs = this.clock.nowMs() - status.heardAtMs;
    if (!status.stale || silentMs < LOOKS * this.config.SYNC_INTERVAL_MS) {
      throw new HeadcountError('REGION_IN_USE');
    }
    const atMs = this.clock.nowMs();
    await available(this.store.regionRegistry.retire({ region: name, atMs, by }));
    this.logger.warn({ region: name, by }, 'region retired');
    await available(gossip.watch.look());
    return this.regions();
  }

  private lagSeconds(name: string): number | null {
    const peer = this.service.gossip?.peers.find((one) => one.peer === name);
    if (!peer || peer.levelAtMs === null) return null;
    return (this.clock.monotonicMs() - peer.levelAtMs) / 1000;
  }
}
