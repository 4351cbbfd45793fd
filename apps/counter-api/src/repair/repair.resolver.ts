import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, ID, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { SetEntry } from '@headcount/counter-store';
import { Caller, Cost, DateTime, SafeInt, type Subject } from '@headcount/platform';
import { RegionalCounter } from '../counters/counter.object.js';
import { counterRef, operationKeyOf } from '../counters/input.js';
import { reasonOf, setValueOf } from './input.js';
import { RepairService, type SetCounter } from './repair.service.js';

const BEFORE = {
  nullable: true,
  description:
    'Its durable total before; null: it was beyond 9007199254740991, or another region has set it under this opId.',
};

@ArgsType()
export class NamedCounterArgs {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;

  @Field(() => String, { description: 'Which of its counters.' })
  readonly name!: string;
}

@ArgsType()
export class SetArgs extends NamedCounterArgs {
  @Field(() => SafeInt, { description: 'What the counter is to show.' })
  readonly value!: number;

  @Field(() => String, { nullable: true, description: 'Why, at most 500 characters.' })
  readonly reason?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Makes the set count once, however often it is sent within ten minutes.',
  })
  readonly opId?: string | null;
}

@ObjectType({ description: 'A counter that was set.' })
export class CounterSet {
  @Field(() => RegionalCounter, { description: 'The counter after it.' })
  readonly counter: RegionalCounter;

  @Field(() => SafeInt, BEFORE)
  readonly before: number | null;

  @Field(() => Boolean, {
    description: 'Whether it had been set before, under its opId: then nothing was changed now.',
  })
  readonly replayed: boolean;

  constructor({ value, before, replayed }: SetCounter) {
    this.counter = new RegionalCounter(value);
    this.before = before;
    this.replayed = replayed;
  }
}

@ObjectType({ description: 'One set of a counter.' })
export class CounterSetEntry {
  @Field(() => DateTime, { description: 'When.' })
  readonly at: number;

  @Field(() => String, { description: 'The operator: `key:NAME` or `sub:SUBJECT`.' })
  readonly by: string;

  @Field(() => SafeInt, BEFORE)
  readonly before: number | null;

  @Field(() => SafeInt, { description: 'The value that it was given.' })
  readonly after: number;

  @Field(() => String, { nullable: true, description: 'Why.' })
  readonly reason: string | null;

  @Field(() => ID, { nullable: true, description: 'The operation id.' })
  readonly opId: string | null;

  constructor({ atMs, by, before, after, reason, key }: SetEntry) {
    this.at = atMs;
    this.by = by;
    this.before = before;
    this.after = after;
    this.reason = reason;
    this.opId = key;
  }
}

/** Setting counters over GraphQL; for operators. */
@Resolver()
export class RepairResolver {
  constructor(@Inject(RepairService) private readonly repairs: RepairService) {}

  @Cost({ own: 20 })
  @Mutation(() => CounterSet, {
    description:
      'Gives a durable counter a value, also one whose totals are full; for operators. What other regions count at the same moment is kept and comes on top.',
  })
  async setCounter(
    @Args() { pageId, name, value, reason, opId }: SetArgs,
    @Caller() caller: Subject,
  ): Promise<CounterSet> {
    const asked = {
      ...counterRef(pageId, name),
      ...{ value: setValueOf(value), reason: reasonOf(reason) },
      key: operationKeyOf(opId),
    };
    return new CounterSet(await this.repairs.set(asked, caller));
  }

  @Cost({ own: 100 })
  @Query(() => [CounterSetEntry], {
    description:
      'What operators have set of a counter in this region, the latest first; for operators.',
  })
  async counterSets(
    @Args() { pageId, name }: NamedCounterArgs,
    @Caller() caller: Subject,
  ): Promise<CounterSetEntry[]> {
    const sets = await this.repairs.setsOf(counterRef(pageId, name), caller);
    return sets.map((entry) => new CounterSetEntry(entry));
  }
}
