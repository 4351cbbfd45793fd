import { Inject } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Cost,
  Caller,
  PublicRead,
  ReadGrants,
  viewable,
  type Grants,
  type Subject,
} from '@headcount/platform';
import { HeadcountError, SITE, VIEWERS, orThrow } from '@headcount/protocol';
import { byOf } from './change-body.js';
import { ChangeRights } from './change-rights.js';
import { ChangeArgs, CountersArgs, ReadArgs } from './counter-args.js';
import { CounterLoaders } from './counter-loaders.js';
import { ChangeOutcome, RegionalCounter } from './counter.object.js';
import { COUNTERS_MAX, CountersService } from './counters.service.js';
import { counterRef, operationKeyOf, operationOf, readableRef } from './input.js';
import { VersionsService } from './versions.service.js';

/** Counters over GraphQL. Reading is public where READS says so, changing for those whom their token allows it. */
@Resolver(() => RegionalCounter)
export class CounterResolver {
  constructor(
    @Inject(CountersService) private readonly service: CountersService,
    @Inject(VersionsService) private readonly versions: VersionsService,
    @Inject(ChangeRights) private readonly rights: ChangeRights,
    @Inject(CounterLoaders) private readonly loaders: CounterLoaders,
  ) {}

  /** One counter as this region sees it now. */
  @PublicRead()
  @Cost({ own: 10 })
  @Query(() => RegionalCounter, { description: 'A counter of a page as it stands now.' })
  async counter(
    @Args() { pageId, name, minVersion }: ReadArgs,
    @ReadGrants() grants: Grants,
  ): Promise<RegionalCounter> {
    const counter = readableRef(grants, pageId, name);
    if (!minVersion) return new RegionalCounter(await this.loaders.load(counter));
    await this.versions.demand(counter.pageId, minVersion);
    // Not what was read for another field, which may have been before the version was here.
    return new RegionalCounter(await this.service.read(counter));
  }

  /** Asked for by name only, as it costs a look of its own at each bucket. */
  @Cost({ own: 10 })
  @ResolveField('version', () => String, {
    description:
      'Covers this answer and all before it: given as `minVersion` in another region, it makes sure that they are there.',
  })
  version(@Parent() counter: RegionalCounter): Promise<string> {
    return this.versions.of(counter.value);
  }

  /** The same counter of many pages, in the order asked. */
  @PublicRead()
  @Cost({ each: 10, times: 'pageIds' })
  @Query(() => [RegionalCounter], {
    description: 'The same counter of many pages, in the order asked.',
  })
  async counters(
    @Args() { pageIds, name }: CountersArgs,
    @ReadGrants() grants: Grants,
  ): Promise<RegionalCounter[]> {
    if (pageIds.length > COUNTERS_MAX) {
      throw new HeadcountError('BAD_REQUEST', `at most ${COUNTERS_MAX} pages are answered at once`);
    }
    const values = await this.loaders.loadAll(
      pageIds.map((pageId) => readableRef(grants, pageId, name)),
    );
    return values.map((value) => new RegionalCounter(value));
  }

  /** Who is anywhere on the website, each viewer once. */
  @PublicRead()
  @Cost({ own: 10 })
  @Query(() => RegionalCounter, {
    description: 'The whole website: every distinct viewer present anywhere, once.',
  })
  async site(@ReadGrants() grants: Grants): Promise<RegionalCounter> {
    return new RegionalCounter(
      await this.loaders.load({ pageId: viewable(grants, SITE), name: VIEWERS }),
    );
  }

  @Cost({ own: 10 })
  @Mutation(() => RegionalCounter, {
    description: 'Raises a durable counter; the answer is the counter after it.',
  })
  incrementCounter(
    @Args() change: ChangeArgs,
    @Caller() caller: Subject,
  ): Promise<RegionalCounter> {
    return this.change(change, 1, caller);
  }

  @Cost({ own: 10 })
  @Mutation(() => RegionalCounter, {
    description: 'Lowers a durable counter; the answer is the counter after it.',
  })
  decrementCounter(
    @Args() change: ChangeArgs,
    @Caller() caller: Subject,
  ): Promise<RegionalCounter> {
    return this.change(change, -1, caller);
  }

  private async change(
    { pageId, name, by, opId, durability = null }: ChangeArgs,
    direction: 1 | -1,
    caller: Subject,
  ): Promise<RegionalCounter> {
    const amount = direction * byOf(by);
    const change = this.rights.change(caller, counterRef(pageId, name), amount);
    const changed = await this.service.change({
      ...change,
      operation: operationOf(caller, change, operationKeyOf(opId)),
      durability,
    });
    const { value, replayed } = orThrow(changed);
    const outcome = new ChangeOutcome(replayed, () => this.service.promised(durability));
    return new RegionalCounter(value, outcome);
  }
}
