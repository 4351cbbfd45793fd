/** What is asked of counters over GraphQL. */
import { ArgsType, Field, ID, InputType } from '@nestjs/graphql';
import type { DurabilityChoice } from '@headcount/counter-store';
import { SafeInt } from '@headcount/platform';
import { VIEWERS } from '@headcount/protocol';
import { Durability } from './durability.scalar.js';

const DURABILITY = {
  nullable: true,
  description:
    'How durable the change is to be when it is answered; default: as the deployment is set up. What cannot be promised is refused.',
};
const OP_ID = {
  nullable: true,
  description:
    'Makes the change count once, however often the caller sends it within ten minutes. Callers and pages have ids of their own.',
};

@ArgsType()
export class CounterArgs {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;

  @Field(() => String, {
    nullable: true,
    defaultValue: VIEWERS,
    description: 'Which of its counters.',
  })
  readonly name?: string | null;
}

@ArgsType()
export class ReadArgs extends CounterArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'A `version` that another answer gave of this page: the answer holds all that it did, or is the error NOT_YET_HERE.',
  })
  readonly minVersion?: string | null;
}

@ArgsType()
export class CountersArgs {
  @Field(() => [ID], { description: 'The pages, at most 1000.' })
  readonly pageIds!: string[];

  @Field(() => String, {
    nullable: true,
    defaultValue: VIEWERS,
    description: 'Which of their counters.',
  })
  readonly name?: string | null;
}

@ArgsType()
export class ChangeArgs extends CounterArgs {
  @Field(() => SafeInt, {
    nullable: true,
    defaultValue: 1,
    description: 'By how much, 1 to AMOUNT_MAX.',
  })
  readonly by?: number | null;

  @Field(() => ID, OP_ID)
  readonly opId?: string | null;

  @Field(() => Durability, DURABILITY)
  readonly durability?: DurabilityChoice | null;
}

@InputType('CounterRef', { description: 'One of the counters of a page.' })
export class CounterRefInput {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;

  @Field(() => String, { defaultValue: VIEWERS, description: 'Which of its counters.' })
  readonly name!: string;
}

@ArgsType()
export class RefsArgs {
  @Field(() => [CounterRefInput], { description: 'The counters, at most 1000.' })
  readonly refs!: CounterRefInput[];
}

@InputType({ description: 'A change of one counter among others.' })
export class CounterChange extends CounterRefInput {
  @Field(() => SafeInt, {
    defaultValue: 1,
    description: 'By how much, not 0, at most AMOUNT_MAX; a negative number lowers.',
  })
  readonly by!: number;

  @Field(() => ID, OP_ID)
  readonly opId?: string | null;
}

@ArgsType()
export class ChangesArgs {
  @Field(() => [CounterChange], { description: 'The changes, at most 1000.' })
  readonly changes!: CounterChange[];

  @Field(() => Durability, DURABILITY)
  readonly durability?: DurabilityChoice | null;
}
