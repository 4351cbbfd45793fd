import { Inject } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver, createUnionType } from '@nestjs/graphql';
import { z } from 'zod';
import {
  Cost,
  Caller,
  PartArgs,
  ReadGrants,
  Representation,
  SafeInt,
  entitiesOf,
  mapNodes,
  viewable,
  type Connection,
  type Grants,
  type Subject,
  type SubgraphEntities,
} from '@headcount/platform';
import type { HeadcountError } from '@headcount/protocol';
import { HistoryConnection, HistoryEntry } from '../history/history.resolver.js';
import { HistoryService } from '../history/history.service.js';
import { pageIdOf } from '../modifications/input.js';
import { ModificationsService } from '../modifications/modifications.service.js';
import { Page } from './page.object.js';

/** What other subgraphs may refer to. */
export const ENTITIES: SubgraphEntities = { keys: { Page: 'pageId' }, resolvable: true };

const reference = z.object({ __typename: z.literal('Page'), pageId: z.string() });

const Entity = createUnionType({
  name: '_Entity',
  description: 'What is known by its key.',
  types: () => [Page] as const,
  resolveType: () => Page,
});

/** Pages by their keys, for the router of a supergraph, which has to hand on the token of its caller. */
@Resolver(() => Page)
export class EntityResolver {
  constructor(
    @Inject(ModificationsService) private readonly service: ModificationsService,
    @Inject(HistoryService) private readonly pastOf: HistoryService,
  ) {}

  /** In the order asked. */
  @Cost({ each: 10, times: 'representations' })
  @Query(() => [Entity], {
    name: '_entities',
    nullable: 'items',
    description: 'Entities by their keys, at most 1000 (Apollo Federation 2).',
  })
  entities(
    @Args('representations', { type: () => [Representation], description: 'Their types and keys.' })
    representations: unknown[],
  ): (Page | HeadcountError)[] {
    return entitiesOf(representations, reference, ({ pageId }) => new Page(pageIdOf(pageId)));
  }

  @Cost({ own: 10 })
  @ResolveField('modifications', () => SafeInt, { description: 'How often it was modified.' })
  modifications(@Parent() { pageId }: Page, @ReadGrants() grants: Grants): Promise<number> {
    return this.service.count(viewable(grants, pageIdOf(pageId)));
  }

  /** FORBIDDEN where the caller may not view the page. */
  @Cost({ own: 100, each: 1, times: 'first' })
  @ResolveField('history', () => HistoryConnection, {
    description: 'Its last modifications, the latest first.',
  })
  async history(
    @Parent() { pageId }: Page,
    @Args() part: PartArgs,
    @Caller() caller: Subject,
  ): Promise<Connection<HistoryEntry>> {
    const entries = await this.pastOf.of(caller, pageIdOf(pageId), part);
    return mapNodes(entries, (entry) => new HistoryEntry(entry));
  }
}
