import { startCounterApi } from '@headcount/app-counter-api';
import { startNotification } from '@headcount/app-notification';
import { startRealtimeGateway } from '@headcount/app-realtime-gateway';
import {
  internalPortOf,
  type Environment,
  type RunningApp,
  type Stoppable,
} from '@headcount/platform';
import { addressOf, withDefaults } from './wires.js';

/** The three apps, running in this process. `url` is that of counter-api. */
export interface AllInOne extends Stoppable {
  readonly url: string;
  readonly counterApi: RunningApp;
  readonly gateway: RunningApp;
  readonly notification: RunningApp;
}

/**
 * Starts the three apps with the settings in `env`, each on its own port and over the same wires as if they were
 * three processes; what `env` does not say about those wires follows from the ports. Throws what the app
 * threw that did not start, after the others have been closed.
 */
export async function startAllInOne(env: Environment): Promise<AllInOne> {
  const running: RunningApp[] = [];
  // The last that was started stops first: a gateway says goodbye to a counter-api that is still there.
  const close = async (): Promise<void> => {
    // While it does, the others end what they are in the midst of.
    for (const app of running.slice(0, 2)) app.beginStop();
    for (const app of [...running].reverse()) await app.close();
  };
  // One after the other, for the schema of each is made from what all have declared, in one place.
  const started = async (app: Promise<RunningApp>): Promise<RunningApp> => {
    running.push(await app);
    return app;
  };
  try {
    const counterApi = await started(startCounterApi(withDefaults(env, gatewayOf(env))));
    const notification = await started(startNotification(env));
    const gateway = await started(startRealtimeGateway(withDefaults(env, home(env, counterApi))));
    const { url } = counterApi;
    const { stopMsMax } = gateway;
    return { url, counterApi, gateway, notification, ...(stopMsMax && { stopMsMax }), close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Where the page of a counter finds the gateway, and counter-api pushes to. Port 0 is not known before it listens. */
function gatewayOf(env: Environment): Environment {
  const [host, internalHost] = [env.HOST, env.INTERNAL_HOST];
  const [port, pushPort] = [Number(env.GATEWAY_PORT || 4001), pushPortOf(env)];
  const pushes = addressOf({ host: internalHost, port: pushPort });
  return {
    ...(port > 0 && { GATEWAY_LIVE_URL: `ws://${addressOf({ host, port })}/graphql` }),
    GATEWAY_URLS: `http://${pushPort > 0 ? pushes : pushes.replace(/0$/, '*')}`,
  };
}

/** Where the gateway finds its counter-api, and where it can be pushed to. */
function home(env: Environment, { internalPort: port }: RunningApp): Environment {
  const [host, pushPort] = [env.INTERNAL_HOST, pushPortOf(env)];
  return {
    COUNTER_API_URLS: `http://${addressOf({ host, port })}`,
    ...(pushPort > 0 && { GATEWAY_URL: `http://${addressOf({ host, port: pushPort })}` }),
  };
}

/** The internal port of the gateway. */
function pushPortOf({ GATEWAY_PORT, GATEWAY_INTERNAL_PORT }: Environment): number {
  const given = GATEWAY_INTERNAL_PORT ? Number(GATEWAY_INTERNAL_PORT) : undefined;
  return internalPortOf(Number(GATEWAY_PORT || 4001), given);
}
