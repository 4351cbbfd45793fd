import { ArgsType, Field, ID, Int } from '@nestjs/graphql';
import { TRENDING_DEFAULTS } from '@headcount/protocol';

/** What is asked of trending pages, the same of every app. */
@ArgsType()
export class TrendingArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: TRENDING_DEFAULTS.first,
    description: 'How many pages at most, 1 to 100.',
  })
  readonly first?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: TRENDING_DEFAULTS.windowSeconds,
    description:
      'The window, 10 to 3600 seconds. It is rounded up: to 10 s up to two minutes, to 30 s up to five, to a minute up to 15, then to five minutes; and the 10 s in which it begins count whole.',
  })
  readonly windowSeconds?: number | null;

  @Field(() => ID, {
    nullable: true,
    defaultValue: TRENDING_DEFAULTS.name,
    description: 'By which counter, one of TRENDING_COUNTERS of counter-api.',
  })
  readonly name?: string | null;
}
