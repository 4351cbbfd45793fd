import {
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import {
  AuthGuard,
  CLOCK,
  IDS,
  INSTANCE,
  Readiness,
  graphqlOptions,
  openCounterRegion,
  wrongWithRedis,
  type Clock,
  type CounterRegion,
  type Ids,
  type Instance,
} from '@headcount/platform';
import { ModificationController } from './modifications/modification.controller.js';
import { ModificationResolver } from './modifications/modification.resolver.js';
import { ModificationsService, STORE } from './modifications/modifications.service.js';
import type { NotificationConfig } from './settings.js';

/** The wiring of notification, and nothing else. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    @Inject(STORE) private readonly store: CounterRegion,
    @Inject(Readiness) readiness: Readiness,
  ) {
    readiness.add('redis', () => wrongWithRedis(store.redis));
  }

  static forRoot(config: NotificationConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [GraphQLModule.forRoot(graphqlOptions(config))],
      controllers: [ModificationController],
      providers: [
        {
          provide: STORE,
          useFactory: (instance: Instance, clock: Clock, ids: Ids) => {
            const logger = new Logger('Store');
            return openCounterRegion(config, { instance, clock, ids }, (sentence) =>
              logger.warn(sentence),
            );
          },
          inject: [INSTANCE, CLOCK, IDS],
        },
        { provide: APP_GUARD, useClass: AuthGuard },
        ModificationsService,
        ModificationResolver,
      ],
    };
  }

  /** Runs after the last request has been answered. */
  onApplicationShutdown(): void {
    this.store.close();
  }
}
