import { Field, ObjectType } from '@nestjs/graphql';
import { Cost, Counter } from '@headcount/platform';
import type { CounterValue } from '@headcount/protocol';
import { Durability } from './durability.scalar.js';

/** What became of a change. */
@ObjectType({ description: 'What became of a change.' })
export class ChangeOutcome {
  @Field(() => Boolean, {
    description:
      'Whether the change had been made before, under its opId: then nothing was changed now.',
  })
  readonly replayed: boolean;

  /** What is promised is looked up when it is asked for. */
  constructor(
    replayed: boolean,
    private readonly promised: () => Promise<string>,
  ) {
    this.replayed = replayed;
  }

  @Cost({ own: 10 })
  @Field(() => Durability, { description: 'How durable the change was when this was answered.' })
  get durability(): Promise<string> {
    return this.promised();
  }
}

/**
 * A counter as counter-api shows it: fields that only this app answers are bound to this class. Nest keeps the fields of
 * a class for the whole process, so on `Counter` itself the gateway would promise them too wherever both run in one.
 */
@ObjectType('Counter', { description: 'A counter of a page, as it stands now.' })
export class RegionalCounter extends Counter {
  @Field(() => ChangeOutcome, {
    nullable: true,
    description:
      'In the answer to a change, what became of it; null where the counter was only read.',
  })
  readonly change: ChangeOutcome | null;

  constructor(
    readonly value: CounterValue,
    change: ChangeOutcome | null = null,
  ) {
    super(value);
    this.change = change;
  }
}
