import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, ID, Int, Mutation, ObjectType, Resolver } from '@nestjs/graphql';
import type { Allowance as Taken } from '@headcount/counter-store';
import { CONFIG, Caller, Cost, SafeInt, secondsOf, type Subject } from '@headcount/platform';
import type { CounterApiConfig } from '../settings.js';
import { allowanceAskOf, limitKeyOf, takeableBy } from './input.js';
import { LimitsService } from './limits.service.js';

@ObjectType({ description: 'What became of a call that takes from a limit.' })
export class Allowance {
  @Field(() => Boolean, { description: 'Whether it was taken.' })
  readonly allowed: boolean;

  @Field(() => SafeInt, { description: 'What is left in the window.' })
  readonly remaining: number;

  @Field(() => Int, { description: 'Until nothing that was taken counts any more.' })
  readonly resetSeconds: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Until as much will be free; null: it was allowed, or it is more than the limit.',
  })
  readonly retryAfterSeconds: number | null;

  constructor({ isAllowed, remaining, resetMs, retryMs }: Taken) {
    this.allowed = isAllowed;
    this.remaining = remaining;
    this.resetSeconds = secondsOf(resetMs);
    this.retryAfterSeconds = retryMs === null ? null : secondsOf(retryMs);
  }
}

@ArgsType()
class AllowArgs {
  @Field(() => ID, { description: 'What is limited, written as a page id is.' })
  readonly key!: string;

  @Field(() => SafeInt, { description: 'Most that any window of that length may hold, 1 or more.' })
  readonly limit!: number;

  @Field(() => Int, { description: 'Length of the window, 1 to 2678400.' })
  readonly windowSeconds!: number;

  @Field(() => SafeInt, {
    nullable: true,
    defaultValue: 1,
    description: 'What to take, all or nothing; 0 only looks.',
  })
  readonly cost?: number | null;
}

/** Limits of whatever callers want to limit, over GraphQL. */
@Resolver(() => Allowance)
export class LimitsResolver {
  constructor(
    @Inject(LimitsService) private readonly limits: LimitsService,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
  ) {}

  @Cost({ own: 10 })
  @Mutation(() => Allowance, {
    description:
      'Takes from a limit, if the window has as much. Each call takes, also one sent again.',
  })
  async allow(
    @Args() { key: rawKey, ...asked }: AllowArgs,
    @Caller() caller: Subject,
  ): Promise<Allowance> {
    const key = takeableBy(caller, limitKeyOf(rawKey), this.config.AUTH);
    const { cost, ...limit } = allowanceAskOf(asked);
    return new Allowance(await this.limits.allow(caller, { key, ...limit }, cost));
  }
}
