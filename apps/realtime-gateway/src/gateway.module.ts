import { Inject, Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { AuthGuard, Readiness, SignedGuard, graphqlOptions } from '@headcount/platform';
import { countersProviders } from './counters/counters.providers.js';
import type { GatewayConfig } from './gateway-settings.js';
import { quotasProviders } from './quotas/quotas.providers.js';
import { socketsProviders } from './sockets/sockets.providers.js';
import { sseControllers, sseProviders } from './sse/sse.providers.js';
import { subscriptionsProviders } from './subscriptions/subscriptions.providers.js';
import { unreadProviders } from './unread/unread.providers.js';
import { HomeKeeper } from './uplink/home-keeper.js';
import { uplinkProviders } from './uplink/uplink.providers.js';

/** The wiring of the realtime gateway, and nothing else. */
@Module({})
export class GatewayModule {
  constructor(@Inject(Readiness) readiness: Readiness, @Inject(HomeKeeper) keeper: HomeKeeper) {
    readiness.add('counter-api', () => keeper.wrong());
  }

  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: GatewayModule,
      imports: [GraphQLModule.forRoot(graphqlOptions(config))],
      controllers: [...sseControllers],
      providers: [
        { provide: APP_GUARD, useClass: AuthGuard },
        SignedGuard,
        ...uplinkProviders(config),
        ...countersProviders,
        ...quotasProviders(config),
        ...unreadProviders,
        ...subscriptionsProviders(config),
        ...socketsProviders(config),
        ...sseProviders(config),
      ],
    };
  }
}
