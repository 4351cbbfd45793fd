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
      'The window, 10 to 3600 seconds. It is rounded up to 10, 30, 60, 120, 300, 600, 1800 or 3600, and the 10 s in which it begins count whole.',
  })
  readonly windowSeconds?: number | null;

  @Field(() => ID, {
    nullable: true,
    defaultValue: TRENDING_DEFAULTS.name,
    description: 'By which counter, one of TRENDING_COUNTERS of counter-api.',
  })
  readonly name?: string | null;
}
