import { Inject } from '@nestjs/common';
import { Args, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import {
  Cost,
  Caller,
  DateTime,
  PublicRead,
  ReadGrants,
  SafeInt,
  viewable,
  type Grants,
  type Subject,
} from '@headcount/platform';
import { HeadcountError, orThrow } from '@headcount/protocol';
import { ActingUsers, SCOPE_MODIFY } from '../users/acting-user.js';
import { pageIdOf, type RawModification } from './input.js';
import { ModificationsService, type PageModified } from './modifications.service.js';

/** Most modifications of one call. */
export const MODIFICATIONS_MAX = 100;

@InputType()
class ModifyPageInput implements RawModification {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;

  @Field(() => ID, {
    description:
      'What happened; it counts once on a page, however often it is told within ten minutes.',
  })
  readonly eventId!: string;

  @Field(() => String, { nullable: true, description: 'What it is called, at most 512 bytes.' })
  readonly title?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where it can be seen: an http or https address, or a path that begins with /.',
  })
  readonly url?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The user who made it, for whom it counts as read.',
  })
  readonly actor?: string | null;

  /** Milliseconds since 1970. */
  @Field(() => DateTime, { nullable: true, description: 'When it happened; without it now.' })
  readonly at?: number | null;
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

/** Modifications over GraphQL. Reading is public where READS says so, telling of one for back ends. */
@Resolver()
export class ModificationResolver {
  constructor(
    @Inject(ModificationsService) private readonly service: ModificationsService,
    @Inject(ActingUsers) private readonly users: ActingUsers,
  ) {}

  /** How often a page was modified. */
  @PublicRead()
  @Cost({ own: 10 })
  @Query(() => SafeInt, { description: 'How often the page was modified.' })
  modifications(
    @Args('pageId', { type: () => ID, description: 'The page.' }) pageId: string,
    @ReadGrants() grants: Grants,
  ): Promise<number> {
    return this.service.count(viewable(grants, pageIdOf(pageId)));
  }

  /** Counts an event once. */
  @Cost({ own: 10 })
  @Mutation(() => Modification, {
    description: 'Tells that a page was modified. Needs the scope pages:modify.',
  })
  async modifyPage(
    @Args('input', { type: () => ModifyPageInput, description: 'What happened where.' })
    input: ModifyPageInput,
    @Caller() caller: Subject,
  ): Promise<Modification> {
    this.users.demand(caller, SCOPE_MODIFY);
    const asked = this.users.toldBy(caller, this.service.asked(input));
    return new Modification(orThrow(await this.service.modify(asked)));
  }

  /** Counts each event once. */
  @Cost({ each: 10, times: 'inputs' })
  @Mutation(() => [Modification], {
    description:
      'Tells that pages were modified, at most 100 at once. Needs the scope pages:modify. Where one is refused the others count all the same: tell all of them again, as none counts twice.',
  })
  async modifyPages(
    @Args('inputs', { type: () => [ModifyPageInput], description: 'What happened where.' })
    inputs: ModifyPageInput[],
    @Caller() caller: Subject,
  ): Promise<Modification[]> {
    this.users.demand(caller, SCOPE_MODIFY);
    if (inputs.length > MODIFICATIONS_MAX) {
      throw new HeadcountError(
        'BAD_REQUEST',
        `at most ${MODIFICATIONS_MAX} modifications are taken at once`,
      );
    }
    // All are checked before the first one counts.
    const asked = inputs.map((input) => this.users.toldBy(caller, this.service.asked(input)));
    const modified = await Promise.all(asked.map((one) => this.service.modify(one)));
    return modified.map((one) => new Modification(orThrow(one)));
  }
}
