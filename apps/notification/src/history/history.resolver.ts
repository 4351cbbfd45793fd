import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, ID, ObjectType, Query, Resolver } from '@nestjs/graphql';
import {
  Cost,
  Caller,
  DateTime,
  PartArgs,
  connectionType,
  mapNodes,
  type Connection,
  type Subject,
} from '@headcount/platform';
import type { HistoryEntry as HistoryValue } from '@headcount/counter-store';
import { pageIdOf } from '../modifications/input.js';
import { HistoryService } from './history.service.js';

@ObjectType({ description: 'A modification of a page, as whoever published it has described it.' })
export class HistoryEntry {
  @Field(() => ID, { description: 'The event.' })
  readonly eventId: string;

  /** Milliseconds since 1970. */
  @Field(() => DateTime, { description: 'When it happened.' })
  readonly at: number;

  @Field(() => String, { nullable: true, description: 'What it is called.' })
  readonly title: string | null;

  @Field(() => String, { nullable: true, description: 'Where it can be seen.' })
  readonly url: string | null;

  @Field(() => ID, { nullable: true, description: 'The user who made it.' })
  readonly actor: string | null;

  constructor({ eventId, atMs, title, url, actor }: HistoryValue) {
    this.eventId = eventId;
    this.at = atMs;
    this.title = title;
    this.url = url;
    this.actor = actor;
  }
}

export const HistoryConnection = connectionType(HistoryEntry, 'History');

@ArgsType()
class HistoryArgs extends PartArgs {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;
}

/** What has changed on pages, over GraphQL, for whoever may view them. */
@Resolver(() => HistoryEntry)
export class HistoryResolver {
  constructor(@Inject(HistoryService) private readonly service: HistoryService) {}

  @Cost({ own: 100, each: 1, times: 'first' })
  @Query(() => HistoryConnection, {
    description: 'The last modifications of a page, the latest first.',
  })
  async history(
    @Args() { pageId, ...part }: HistoryArgs,
    @Caller() caller: Subject,
  ): Promise<Connection<HistoryEntry>> {
    const entries = await this.service.of(caller, pageIdOf(pageId), part);
    return mapNodes(entries, (entry) => new HistoryEntry(entry));
  }
}
