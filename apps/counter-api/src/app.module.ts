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
  Keyrings,
  Metrics,
  REQUEST_VERIFIER,
  Readiness,
  RequestVerifier,
  SignedClients,
  SignedGuard,
  graphqlOptions,
  showMemory,
  subgraphResolver,
  wrongWithRedis,
  type Clock,
  type Ids,
  type Instance,
} from '@headcount/platform';
import { CacheService, CacheSources } from './cache/cache.service.js';
import { BoundedService, BoundedSources } from './bounded/bounded.service.js';
import { QuotaAsksController } from './bounded/quota-asks.controller.js';
import { QuotaResolver } from './bounded/quota.resolver.js';
import { AdditionsService } from './counters/additions.service.js';
import { BatchController } from './counters/batch.controller.js';
import { BatchResolver } from './counters/batch.resolver.js';
import { ChangeRights } from './counters/change-rights.js';
import { NewCounters } from './counters/new-counters.js';
import { CounterAnswers } from './counters/counter-answers.js';
import { CounterLoaders } from './counters/counter-loaders.js';
import { CounterWaits } from './counters/counter-waits.js';
import { CounterController } from './counters/counter.controller.js';
import { CounterResolver } from './counters/counter.resolver.js';
import { CountersController } from './counters/counters.controller.js';
import { CountersService } from './counters/counters.service.js';
import { VersionsService } from './counters/versions.service.js';
import { ExportService, ExportSources } from './export/export.service.js';
import { ENTITIES, EntityResolver } from './federation/entity.resolver.js';
import { DatagramListener, DatagramParts } from './intake/datagram.listener.js';
import { IntakeController } from './intake/intake.controller.js';
import { IntakeService } from './intake/intake.service.js';
import { KnownGateways } from './intake/known-gateways.js';
import { AssetsController } from './page/assets.controller.js';
import { PEER_CLIENTS, peerClients } from './regions/peer-clients.js';
import { REGION_VERIFIER, RegionGuard } from './regions/region.guard.js';
import { RegionResolver } from './regions/region.resolver.js';
import { RegionsController } from './regions/regions.controller.js';
import { RegionsService, RegionsSources } from './regions/regions.service.js';
import { RepairController } from './repair/repair.controller.js';
import { RepairResolver } from './repair/repair.resolver.js';
import { RepairService } from './repair/repair.service.js';
import { LeaseExpiryService } from './leases/lease-expiry.service.js';
import { LeaseRequests } from './leases/lease-requests.js';
import { LeaseResolver } from './leases/lease.resolver.js';
import { LeasesService } from './leases/leases.service.js';
import { LimitsController } from './limits/limits.controller.js';
import { LimitsResolver } from './limits/limits.resolver.js';
import { LimitsService } from './limits/limits.service.js';
import type { CounterApiConfig } from './settings.js';
import { STORE, openStore, type Store } from './store/store.js';
import { TrendingAsksController } from './trending/trending-asks.controller.js';
import { TrendingController } from './trending/trending.controller.js';
import { TrendingResolver } from './trending/trending.resolver.js';
import { TrendingService } from './trending/trending.service.js';
import { SightingsService } from './unread/sightings.service.js';
import { UnreadAsksController } from './unread/unread-asks.controller.js';
import { UnreadAsksService } from './unread/unread-asks.service.js';
import { LookerService, LookerSources } from './upkeep/looker.service.js';
import { UpkeepService } from './upkeep/upkeep.service.js';
import { VoteController } from './votes/vote.controller.js';
import { VoteRequests } from './votes/vote-requests.js';
import { VoteResolver } from './votes/vote.resolver.js';
import { VotesService } from './votes/votes.service.js';
import { PUSH_CLIENTS, pushClients } from './watch/push-clients.js';
import { WatchService } from './watch/watch.service.js';
import { WindowController } from './windows/window.controller.js';
import { WindowResolver } from './windows/window.resolver.js';
import { WindowsService } from './windows/windows.service.js';

/** The wiring of counter-api, and nothing else. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(Readiness) readiness: Readiness,
    @Inject(Metrics) metrics: Metrics,
    @Inject(CONFIG) config: CounterApiConfig,
  ) {
    readiness.add('redis', () => wrongWith(store));
    showMemory(store.memory, config, { metrics, readiness });
    metrics.gauge({
      name: 'redis_ready',
      help: '1 while commands can be sent to Redis.',
      collect() {
        this.set(store.isReady() ? 1 : 0);
      },
    });
  }

  static forRoot(config: CounterApiConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [GraphQLModule.forRoot(graphqlOptions(config))],
      controllers: [
        CounterController,
        CountersController,
        BatchController,
        LimitsController,
        VoteController,
        RepairController,
        TrendingController,
        WindowController,
        AssetsController,
        IntakeController,
        RegionsController,
        QuotaAsksController,
        TrendingAsksController,
        UnreadAsksController,
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
        {
          provide: REQUEST_VERIFIER,
          useFactory: ({ id }: Instance, keyrings: Keyrings) =>
            new RequestVerifier({ me: id, keyring: keyrings.of('gateway') }),
          inject: [INSTANCE, Keyrings],
        },
        {
          provide: REGION_VERIFIER,
          useFactory: ({ id }: Instance, keyrings: Keyrings) =>
            new RequestVerifier({ me: id, keyring: keyrings.of('region') }),
          inject: [INSTANCE, Keyrings],
        },
        { provide: PUSH_CLIENTS, useFactory: pushClients, inject: [SignedClients, CLOCK] },
        { provide: PEER_CLIENTS, useFactory: peerClients, inject: [SignedClients] },
        { provide: APP_GUARD, useClass: AuthGuard },
        SignedGuard,
        RegionGuard,
        KnownGateways,
        DatagramParts,
        DatagramListener,
        IntakeService,
        WatchService,
        UpkeepService,
        LookerSources,
        LookerService,
        CacheSources,
        CacheService,
        BoundedSources,
        BoundedService,
        QuotaResolver,
        ChangeRights,
        NewCounters,
        AdditionsService,
        CountersService,
        VersionsService,
        CounterLoaders,
        CounterWaits,
        CounterAnswers,
        CounterResolver,
        BatchResolver,
        VotesService,
        VoteRequests,
        VoteResolver,
        LeasesService,
        LeaseRequests,
        LeaseExpiryService,
        LeaseResolver,
        LimitsService,
        LimitsResolver,
        TrendingService,
        TrendingResolver,
        WindowsService,
        WindowResolver,
        RepairService,
        RepairResolver,
        SightingsService,
        UnreadAsksService,
        RegionsSources,
        RegionsService,
        RegionResolver,
        EntityResolver,
        subgraphResolver(ENTITIES),
        ExportSources,
        ExportService,
      ],
    };
  }

  /** Runs after every part has stopped, for they still speak to Redis on their way out. */
  onApplicationShutdown(): void {
    this.store.close();
    this.store.subscriber.disconnect();
    this.store.listener?.disconnect();
  }
}

async function wrongWith({ redis, subscriber }: Store): Promise<string | null> {
  const wrong = await wrongWithRedis(redis);
  if (wrong !== null || subscriber.status === 'ready') return wrong;
  return 'the subscription to changes in Redis is gone';
}
