import {
  RANDOM,
  runApp,
  type Environment,
  type Random,
  type RunningApp,
} from '@headcount/platform';
import { Counters } from './counters/counters.js';
import { takePushes } from './counters/pushes.js';
import { GatewayModule } from './gateway.module.js';
import { loadGatewayConfig, originPolicy } from './gateway-settings.js';
import { askBack } from './sse/come-back.js';
import { EventStreams } from './sse/event-streams.js';
import { isSocketUpgrade } from './sockets/admission.js';
import { CLOSE_MS_MAX } from './sockets/drain-plan.js';
import { SocketServer } from './sockets/socket-server.js';
import { HomeKeeper } from './uplink/home-keeper.js';
import { Unreads } from './unread/unreads.js';
import { Uplink } from './uplink/uplink.js';

/**
 * Starts a realtime gateway with the settings in `env`, and returns once it takes sockets; whether
 * it has a home by then, `/health/ready` says. Throws ConfigError where settings are wrong and
 * StartError where its port is taken.
 */
export async function startRealtimeGateway(env: Environment): Promise<RunningApp> {
  const config = loadGatewayConfig(env);
  const app = await runApp({
    name: 'realtime-gateway',
    module: GatewayModule.forRoot(config),
    config,
    pages: originPolicy(config),
    portSetting: 'GATEWAY_PORT',
    internalPortSetting: 'GATEWAY_INTERNAL_PORT',
    configure: (nest) => {
      askBack(nest.getHttpAdapter().getInstance(), nest.get<Random>(RANDOM));
      takePushes(nest);
    },
    upgrades: (nest) => ({
      isTaken: isSocketUpgrade,
      take: (...upgrade) => nest.get(SocketServer).upgrade(...upgrade),
    }),
  });
  // Not before it listens: counter-api pushes as soon as it knows where to.
  app.nest.get(HomeKeeper).start(config.GATEWAY_URL ?? app.internalUrl);
  let stopped: Promise<void> | null = null;
  const drainMs = config.DRAIN_MS;
  return {
    ...app,
    ...(drainMs > SHORT_DRAIN_MS && { stopMsMax: drainMs + STOP_MS }),
    close: () => (stopped ??= stop(app, drainMs)),
  };
}

/** A drain that needs no more time than every app has for its stop, in milliseconds. */
const SHORT_DRAIN_MS = 400;

/** What a stop may take after a longer drain, in milliseconds. */
const STOP_MS = 850;

/**
 * First nobody new comes in, then everybody leaves, and each leaving still travels to counter-api;
 * only then the goodbye, which counts out what may be left.
 */
async function stop(app: RunningApp, drainMs: number): Promise<void> {
  const { nest } = app;
  app.beginStop(drainMs + CLOSE_MS_MAX);
  await Promise.all([nest.get(SocketServer).drain(), nest.get(EventStreams).drain()]);
  nest.get(Unreads).stop();
  nest.get(Counters).stop();
  await nest.get(Uplink).stop();
  await nest.get(HomeKeeper).close();
  await app.close();
}
