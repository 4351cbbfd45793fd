import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { LoggerModule } from 'nestjs-pino';
import { Authenticator } from './auth/authenticator.js';
import type { CommonConfig } from './config/shared-settings.js';
import { ClientAddresses } from './edge/client-addresses.js';
import { CrowdedAddresses } from './edge/crowded-addresses.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RestRules } from './http/rest-rules.js';
import { loggerParams } from './logging/logger-params.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { AllowanceMetrics } from './rate-limits/allowance-metrics.js';
import { RequestLimits } from './rate-limits/request-limits.js';
import { INSTANCE, newInstance } from './signing/instance.js';
import { Keyrings } from './signing/keyrings.js';
import { SignedClients } from './signing/signed-clients.js';
import {
  CLOCK,
  IDS,
  RANDOM,
  systemClock,
  systemIds,
  systemRandom,
  type Clock,
  type Ids,
} from './sources.js';

/** The values of all settings of the app, as its own type says. */
export const CONFIG = Symbol('CONFIG');

export interface PlatformOptions<C extends CommonConfig = CommonConfig> {
  /** Name of the app, in logs and metrics. */
  readonly name: string;
  readonly config: C;
}

/**
 * What every app has: CLOCK, RANDOM, IDS, CONFIG, INSTANCE, Keyrings, SignedClients, Metrics, Readiness,
 * Authenticator, ClientAddresses, RequestLimits, logs, health pages, `/metrics`, and problem details for errors. Global; runApp
 * brings it in.
 */
@Global()
@Module({})
export class PlatformModule {
  static forRoot<C extends CommonConfig>({ name, config }: PlatformOptions<C>): DynamicModule {
    const shared = [
      { provide: CLOCK, useValue: systemClock },
      { provide: RANDOM, useValue: systemRandom },
      { provide: IDS, useValue: systemIds },
      { provide: CONFIG, useValue: config },
      { provide: INSTANCE, useFactory: (ids: Ids) => newInstance(ids.instanceId()), inject: [IDS] },
      { provide: Keyrings, useFactory: () => new Keyrings(config.SIGNING_KEYS) },
      { provide: Metrics, useFactory: () => new Metrics(name) },
      SignedClients,
      {
        provide: Authenticator,
        useFactory: (clock: Clock) => new Authenticator(config, clock),
        inject: [CLOCK],
      },
      { provide: ClientAddresses, useFactory: () => new ClientAddresses(config) },
      CrowdedAddresses,
      AllowanceMetrics,
      {
        provide: RequestLimits,
        useFactory: (
          clock: Clock,
          metrics: AllowanceMetrics,
          authenticator: Authenticator,
          crowded: CrowdedAddresses,
        ) => new RequestLimits({ config, clock, metrics, authenticator, crowded }),
        inject: [CLOCK, AllowanceMetrics, Authenticator, CrowdedAddresses],
      },
      Readiness,
      AllowedMethods,
    ];
    return {
      module: PlatformModule,
      imports: [
        LoggerModule.forRoot(loggerParams(name, config.LOG_LEVEL)),
        // What is wrong stands in the answer; the log would repeat it with every look of a
        // balancer.
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        ...shared,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: RestRules },
      ],
      exports: shared,
    };
  }
}
