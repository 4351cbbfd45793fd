import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { PageGain } from '@headcount/protocol';
import { SafeInt } from './safe-int.js';

/** A page that trends, as GraphQL shows it, the same from every app. */
@ObjectType('TrendingPage', { description: 'A page whose counter has gained of late.' })
export class TrendingPage {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId: string;

  @Field(() => SafeInt, { description: 'What its counter has gained within the window, above 0.' })
  readonly gain: number;

  constructor({ pageId, gain }: PageGain) {
    this.pageId = pageId;
    this.gain = gain;
  }
}
