import { Inject } from '@nestjs/common';
import { Field, ID, ObjectType, Query, Resolver } from '@nestjs/graphql';
import {
  Cost,
  CONFIG,
  INSTANCE,
  Public,
  type Instance,
  type SubgraphEntities,
} from '@headcount/platform';
import type { GatewayConfig } from '../gateway-settings.js';

/** As a subgraph: it shows counters, and counter-api has all that there is of them. */
export const ENTITIES: SubgraphEntities = {
  keys: { Counter: 'pageId name' },
  resolvable: false,
};

/** Which gateway answers. */
@ObjectType({ description: 'The realtime gateway that answers.' })
export class Gateway {
  @Field(() => ID, { description: 'Names this process; new at every start.' })
  readonly instance!: string;

  @Field(() => String, { description: 'The region that it belongs to.' })
  readonly region!: string;
}

/** The one query, since a schema needs one: counters are read from counter-api. */
@Public()
@Resolver(() => Gateway)
export class GatewayResolver {
  constructor(
    @Inject(INSTANCE) private readonly instance: Instance,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Cost({ own: 10 })
  @Query(() => Gateway, { description: 'Which gateway this is.' })
  gateway(): Gateway {
    return { instance: this.instance.id, region: this.config.REGION };
  }
}
