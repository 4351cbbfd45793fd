import { Inject } from '@nestjs/common';
import {
  Args,
  ArgsType,
  Field,
  Float,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  registerEnumType,
} from '@nestjs/graphql';
import { Cost, DateTime, PublicRead, ReadGrants, SafeInt, type Grants } from '@headcount/platform';
import { readableRef } from '../counters/input.js';
import { SERIES_LAST_DEFAULT, SlotLength, seriesAsk, windowAsk, windowCost } from './window-ask.js';
import { WindowsService, perSecond } from './windows.service.js';

registerEnumType(SlotLength, {
  name: 'SlotLength',
  description: 'How long the slots of a series are.',
});

/** What a windowed counter has gained of late. */
@ObjectType({ description: 'What a counter has gained within a window of time.' })
export class CounterWindow {
  @Field(() => SafeInt, { description: 'What it was raised by, less what it was lowered by.' })
  readonly sum!: number;

  @Field(() => Float, { description: 'The sum for each second from `from` to `to`.' })
  readonly perSecond!: number;

  @Field(() => DateTime, {
    description: 'When the window begins: with a slot, so it is that long at least.',
  })
  readonly from!: number;

  @Field(() => DateTime, { description: 'Now.' })
  readonly to!: number;
}

/** What a windowed counter has gained in one slot of time. */
@ObjectType({ description: 'What a counter has gained in a slot of time.' })
export class Slot {
  @Field(() => DateTime, { description: 'When the slot begins.' })
  readonly startsAt!: number;

  @Field(() => SafeInt, {
    description: 'What the counter was raised by, less what it was lowered by.',
  })
  readonly count!: number;
}

@ArgsType()
class WindowedArgs {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;

  @Field(() => String, { description: 'Which of its counters, one of WINDOWED_COUNTERS.' })
  readonly name!: string;
}

@ArgsType()
class WindowArgs extends WindowedArgs {
  @Field(() => Int, {
    description:
      'Of the present and so many seconds before, 1 to 2592000. It begins with a slot: of ten seconds up to an hour, of a minute up to a day, else of an hour.',
  })
  readonly windowSeconds!: number;
}

@ArgsType()
class SeriesArgs extends WindowedArgs {
  @Field(() => SlotLength, { description: 'How long a slot is.' })
  readonly per!: SlotLength;

  @Field(() => Int, {
    nullable: true,
    defaultValue: SERIES_LAST_DEFAULT,
    description: 'How many slots, the present one included: at most 360 of ten seconds, else 500.',
  })
  readonly last?: number | null;
}

/** Windows over GraphQL. Reading is as public as it is of counters. */
@Resolver()
export class WindowResolver {
  constructor(@Inject(WindowsService) private readonly service: WindowsService) {}

  @PublicRead()
  @Cost({ own: { argument: 'windowSeconds', costOf: windowCost } })
  @Query(() => CounterWindow, { description: 'What a counter has gained of late, and how fast.' })
  async counterWindow(
    @Args() { pageId, name, windowSeconds }: WindowArgs,
    @ReadGrants() grants: Grants,
  ): Promise<CounterWindow> {
    const window = await this.service.window(
      readableRef(grants, pageId, name),
      windowAsk(windowSeconds),
    );
    const { sum, fromMs, toMs } = window;
    return { sum, perSecond: perSecond(window), from: fromMs, to: toMs };
  }

  @PublicRead()
  @Cost({ own: 10, each: 1, times: 'last' })
  @Query(() => [Slot], {
    description:
      'What a counter has gained, slot by slot, the present one the last; those without a gain are 0.',
  })
  async counterSeries(
    @Args() { pageId, name, per, last }: SeriesArgs,
    @ReadGrants() grants: Grants,
  ): Promise<Slot[]> {
    const gains = await this.service.series(
      readableRef(grants, pageId, name),
      seriesAsk(per, last),
    );
    return gains.map(({ startsAtMs, count }) => ({ startsAt: startsAtMs, count }));
  }
}
