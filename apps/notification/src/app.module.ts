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
  CONFIG,
  IDS,
  INSTANCE,
  Metrics,
  Readiness,
  graphqlOptions,
  showMemory,
  subgraphResolver,
  type Clock,
  type Ids,
  type Instance,
  wrongWithRedis,
} from '@headcount/platform';
import { DigestController } from './digest/digest.controller.js';
import { DigestResolver } from './digest/digest.resolver.js';
import { DigestService } from './digest/digest.service.js';
import { ENTITIES, EntityResolver } from './federation/entity.resolver.js';
import { FollowController } from './follows/follow.controller.js';
import { FollowResolver } from './follows/follow.resolver.js';
import { FollowsService } from './follows/follows.service.js';
import { HistoryController } from './history/history.controller.js';
import { HistoryResolver } from './history/history.resolver.js';
import { HistoryService } from './history/history.service.js';
import { ModificationController } from './modifications/modification.controller.js';
import { ModificationResolver } from './modifications/modification.resolver.js';
import { ModificationsService } from './modifications/modifications.service.js';
import type { NotificationConfig } from './settings.js';
import { STORE, openStore, type Store } from './store/store.js';
import { UnreadController } from './unread/unread.controller.js';
import { UnreadResolver } from './unread/unread.resolver.js';
import { UnreadService } from './unread/unread.service.js';
import { PresenceNotes } from './users/presence-notes.js';
import { UnreadDocuments } from './unread/unread-documents.js';
import { ActingUsers } from './users/acting-user.js';

/** The wiring of notification, and nothing else. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(Readiness) readiness: Readiness,
    @Inject(Metrics) metrics: Metrics,
    @Inject(CONFIG) config: NotificationConfig,
  ) {
    readiness.add('redis', () => wrongWithRedis(store.redis));
    showMemory(store.memory, config, { metrics, readiness });
  }

  static forRoot(config: NotificationConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [GraphQLModule.forRoot(graphqlOptions(config))],
      controllers: [
        ModificationController,
        HistoryController,
        FollowController,
        UnreadController,
        DigestController,
      ],
      providers: [
        {
          provide: STORE,
          useFactory: (instance: Instance, clock: Clock, ids: Ids) => {
            const logger = new Logger('Store');
            return openStore(config, { instance, clock, ids }, (sentence) => logger.warn(sentence));
          },
          inject: [INSTANCE, CLOCK, IDS],
        },
        { provide: APP_GUARD, useClass: AuthGuard },
        ActingUsers,
        PresenceNotes,
        UnreadDocuments,
        DigestService,
        DigestResolver,
        ModificationsService,
        ModificationResolver,
        HistoryService,
        HistoryResolver,
        UnreadService,
        UnreadResolver,
        FollowsService,
        FollowResolver,
        EntityResolver,
        subgraphResolver(ENTITIES),
      ],
    };
  }

  /** Runs after the last request has been answered. */
  onApplicationShutdown(): void {
    this.store.close();
  }
}
