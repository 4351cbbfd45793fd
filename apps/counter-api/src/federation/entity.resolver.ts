import { Inject } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver, createUnionType } from '@nestjs/graphql';
import { z } from 'zod';
import {
  Cost,
  PublicRead,
  ReadGrants,
  Representation,
  entitiesOf,
  viewable,
  type Grants,
  type SubgraphEntities,
} from '@headcount/platform';
import { HeadcountError, VIEWERS } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import { RegionalCounter } from '../counters/counter.object.js';
import { CounterLoaders } from '../counters/counter-loaders.js';
import { counterRef, pageIdOf, readableRef } from '../counters/input.js';
import { Page } from './page.object.js';

/** What other subgraphs may refer to. */
export const ENTITIES: SubgraphEntities = {
  keys: { Counter: 'pageId name', Page: 'pageId' },
  resolvable: true,
};

const reference = z.discriminatedUnion('__typename', [
  z.object({ __typename: z.literal('Counter'), pageId: z.string(), name: z.string() }),
  z.object({ __typename: z.literal('Page'), pageId: z.string() }),
]);

const Entity = createUnionType({
  name: '_Entity',
  description: 'What is known by its key.',
  types: () => [RegionalCounter, Page] as const,
  resolveType: (value) => (value instanceof Page ? Page : RegionalCounter),
});

/** Counters and pages by their keys, for the router of a supergraph. Reading is as public as it is by the queries. */
@PublicRead()
@Resolver(() => Page)
export class EntityResolver {
  constructor(@Inject(CounterLoaders) private readonly loaders: CounterLoaders) {}

  /** In the order asked; the counters are read together. */
  @Cost({ each: 10, times: 'representations' })
  @Query(() => [Entity], {
    name: '_entities',
    nullable: 'items',
    description: 'Entities by their keys, at most 1000 (Apollo Federation 2).',
  })
  async entities(
    @Args('representations', { type: () => [Representation], description: 'Their types and keys.' })
    representations: unknown[],
    @ReadGrants() grants: Grants,
  ): Promise<(RegionalCounter | Page | HeadcountError)[]> {
    const wanted: CounterRef[] = [];
    const found = entitiesOf(representations, reference, (one) => {
      if (one.__typename === 'Page') return new Page(viewable(grants, pageIdOf(one.pageId)));
      return wanted.push(readableRef(grants, one.pageId, one.name)) - 1;
    });
    const values = await this.loaders.loadAll(wanted);
    return found.map((one) => {
      if (typeof one !== 'number') return one;
      const value = values[one];
      if (!value) throw new Error('a counter that was asked for is answered');
      return new RegionalCounter(value);
    });
  }

  @Cost({ own: 10 })
  @ResolveField('counter', () => RegionalCounter, { description: 'A counter of the page.' })
  async counter(
    @Parent() { pageId }: Page,
    @Args('name', {
      type: () => String,
      nullable: true,
      defaultValue: VIEWERS,
      description: 'Which of its counters.',
    })
    name: string | null,
  ): Promise<RegionalCounter> {
    return new RegionalCounter(await this.loaders.load(counterRef(pageId, name)));
  }
}
