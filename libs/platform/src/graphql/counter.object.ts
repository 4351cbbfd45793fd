import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { CounterValue } from '@headcount/protocol';
import { DateTime } from './date-time.js';
import { SafeInt } from './safe-int.js';

/** A counter as GraphQL shows it, the same from every app. */
@ObjectType('Counter', { description: 'A counter of a page, as it stands now.' })
export class Counter {
  @Field(() => ID, { description: 'The page; @site is the whole website.' })
  readonly pageId: string;

  @Field(() => String, { description: 'Which of its counters; viewers is who is there now.' })
  readonly name: string;

  @Field(() => SafeInt, { description: 'What the counter shows.' })
  readonly count: number;

  @Field(() => SafeInt, { description: 'Sockets present on the page; 0 for other counters.' })
  readonly connections: number;

  /** Milliseconds since 1970. */
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it last changed; null: never, or no longer known.',
  })
  readonly updatedAt: number | null;

  @Field(() => [String], {
    description:
      'Regions whose viewers are not in the count, as nothing has been heard of them for too long.',
  })
  readonly staleRegions: readonly string[];

  constructor({
    pageId,
    name,
    count,
    connections,
    updatedAtMs,
    staleRegions,
  }: Omit<CounterValue, 'incarnation' | 'rev'>) {
    this.pageId = pageId;
    this.name = name;
    this.count = count;
    this.connections = connections;
    this.updatedAt = updatedAtMs;
    this.staleRegions = staleRegions;
  }
}
