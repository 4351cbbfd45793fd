import { Inject } from '@nestjs/common';
import { Args, Field, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import {
  Cost,
  Caller,
  PublicRead,
  ReadGrants,
  type Grants,
  type Subject,
} from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { ChangeRights } from './change-rights.js';
import { changeEach } from './change-each.js';
import { ChangesArgs, RefsArgs, type CounterChange } from './counter-args.js';
import { CounterLoaders } from './counter-loaders.js';
import { ChangeOutcome, RegionalCounter } from './counter.object.js';
import { COUNTERS_MAX, CountersService } from './counters.service.js';
import { counterRef, operationKeyOf, operationOf, readableRef, signedAmountOf } from './input.js';

@ObjectType({ description: 'Why one of several changes was not, or perhaps not, made.' })
export class CounterError {
  @Field(() => String, { description: 'As `extensions.code` says it of a change alone.' })
  readonly code: string;

  @Field(() => String, { description: 'One sentence for a person.' })
  readonly message: string;

  constructor({ code, message }: HeadcountError) {
    this.code = code;
    this.message = message;
  }
}

@ObjectType({ description: 'What became of one of several changes: a counter or an error.' })
export class CounterResult {
  @Field(() => RegionalCounter, { nullable: true, description: 'The counter after the change.' })
  readonly counter: RegionalCounter | null;

  @Field(() => CounterError, { nullable: true, description: 'Why there is none.' })
  readonly error: CounterError | null;

  constructor(counter: RegionalCounter | null, error: CounterError | null) {
    this.counter = counter;
    this.error = error;
  }
}

/** Many counters in one field. */
@Resolver()
export class BatchResolver {
  constructor(
    @Inject(CountersService) private readonly service: CountersService,
    @Inject(ChangeRights) private readonly rights: ChangeRights,
    @Inject(CounterLoaders) private readonly loaders: CounterLoaders,
  ) {}

  /** Counters of any pages and names, in the order asked. */
  @PublicRead()
  @Cost({ each: 10, times: 'refs' })
  @Query(() => [RegionalCounter], {
    description: 'Counters of any pages and names, in the order asked.',
  })
  async countersByRef(
    @Args() { refs }: RefsArgs,
    @ReadGrants() grants: Grants,
  ): Promise<RegionalCounter[]> {
    if (refs.length > COUNTERS_MAX)
      throw new HeadcountError('BAD_REQUEST', `at most ${COUNTERS_MAX} are answered at once`);
    const counters = refs.map(({ pageId, name }) => readableRef(grants, pageId, name));
    const values = await this.loaders.loadAll(counters);
    return values.map((value) => new RegionalCounter(value));
  }

  /** Changes each for itself: what is wrong with one leaves the others alone. */
  @Cost({ each: 10, times: 'changes' })
  @Mutation(() => [CounterResult], {
    description:
      'Raises and lowers many durable counters, each for itself; what became of them in the order asked.',
  })
  async incrementCounters(
    @Args() { changes, durability = null }: ChangesArgs,
    @Caller() caller: Subject,
  ): Promise<CounterResult[]> {
    const changed = await changeEach(this.service, changes, (asked: CounterChange) => {
      const counter = counterRef(asked.pageId, asked.name);
      const change = this.rights.change(caller, counter, signedAmountOf(asked.by));
      return {
        ...change,
        operation: operationOf(caller, change, operationKeyOf(asked.opId)),
        durability,
      };
    });
    const promised = () => this.service.promised(durability);
    return changed.map((one) => {
      if (!one.ok) return new CounterResult(null, new CounterError(one.error));
      const { value, replayed } = one.value;
      const outcome = new ChangeOutcome(replayed, promised);
      return new CounterResult(new RegionalCounter(value, outcome), null);
    });
  }
}
