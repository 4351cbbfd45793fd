import { Inject } from '@nestjs/common';
import { Args, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Public, SafeInt } from '@headcount/platform';
import { orThrow } from '@headcount/protocol';
import { eventIdOf, pageIdOf } from './input.js';
import { ModificationsService, type PageModified } from './modifications.service.js';

@InputType()
class ModifyPageInput {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;

  @Field(() => ID, {
    description:
      'What happened; it counts once on a page, however often it is told within ten minutes.',
  })
  readonly eventId!: string;
}

@ObjectType({ description: 'A modification of a page, as an event told of it.' })
class Modification {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId: string;

  @Field(() => ID, { description: 'The event.' })
  readonly eventId: string;

  @Field(() => Boolean, { description: 'Whether it counts now; false: the event was known.' })
  readonly counted: boolean;

  constructor({ pageId, eventId, counted }: PageModified) {
    this.pageId = pageId;
    this.eventId = eventId;
    this.counted = counted;
  }
}

/** Modifications over GraphQL. Reading is for everyone, telling of one for whoever may call. */
@Resolver()
export class ModificationResolver {
  constructor(@Inject(ModificationsService) private readonly service: ModificationsService) {}

  /** How often a page was modified. */
  @Public()
  @Query(() => SafeInt, { description: 'How often the page was modified.' })
  modifications(
    @Args('pageId', { type: () => ID, description: 'The page.' }) pageId: string,
  ): Promise<number> {
    return this.service.count(pageIdOf(pageId));
  }

  /** Counts an event once. */
  @Mutation(() => Modification, { description: 'Tells that a page was modified.' })
  async modifyPage(
    @Args('input', { type: () => ModifyPageInput, description: 'What happened where.' })
    { pageId, eventId }: ModifyPageInput,
  ): Promise<Modification> {
    const modified = await this.service.modify(pageIdOf(pageId), eventIdOf(eventId));
    return new Modification(orThrow(modified));
  }
}
