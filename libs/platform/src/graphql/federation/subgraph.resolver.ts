import { Inject, type Type } from '@nestjs/common';
import { Field, Info, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { HeadcountError } from '@headcount/protocol';
import { Public } from '../../auth/public.js';
import { isLoopback } from '../../config/loopback.js';
import type { CommonConfig } from '../../config/shared-settings.js';
import { CONFIG } from '../../platform.module.js';
import { Cost } from '../cost.decorator.js';
import { subgraphSdl, type SubgraphEntities } from './subgraph-sdl.js';

@ObjectType('_Service', { description: 'This app as a subgraph.' })
class Service {
  @Field(() => String, { description: 'What a supergraph is composed from.' })
  readonly sdl!: string;
}

/** The resolver of `_service`, one for each app. It tells the schema where introspection does, and there alone. */
export function subgraphResolver(entities: SubgraphEntities): Type {
  @Public()
  @Resolver()
  class SubgraphResolver {
    constructor(@Inject(CONFIG) private readonly config: CommonConfig) {}

    // It prints the whole schema.
    @Cost({ own: 1000 })
    @Query(() => Service, {
      name: '_service',
      description: 'For composing a supergraph (Apollo Federation 2); on a loopback HOST alone.',
    })
    service(@Info() { schema }: GraphQLResolveInfo): Service {
      if (!isLoopback(this.config.HOST))
        throw new HeadcountError(
          'FORBIDDEN',
          'The schema is not shown here; compose from subgraph.graphql.',
        );
      return { sdl: subgraphSdl(schema, entities) };
    }
  }
  return SubgraphResolver;
}
