import { startCounterApi } from '@headcount/app-counter-api';
import { startNotification } from '@headcount/app-notification';
import { startRealtimeGateway } from '@headcount/app-realtime-gateway';
import type { Environment, RunningApp, Stoppable } from '@headcount/platform';
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
    for (const app of [...running].reverse()) await app.close();
  };
  // One after the other, for the schema of each is made from what all have declared, in one place.
  const started = async (app: Promise<RunningApp>): Promise<RunningApp> => {
    running.push(await app);
    return app;
  };
  try {
    const counterApi = await started(startCounterApi(withDefaults(env, livePage(env))));
    const notification = await started(startNotification(env));
    const gateway = await started(startRealtimeGateway(withDefaults(env, home(env, counterApi))));
    return { url: counterApi.url, counterApi, gateway, notification, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Where the page of a counter finds the gateway. Port 0 is not known before it listens. */
function livePage({ HOST: host, GATEWAY_PORT }: Environment): Environment {
  const port = Number(GATEWAY_PORT);
  return port > 0 ? { GATEWAY_LIVE_URL: `ws://${addressOf({ host, port })}/graphql` } : {};
}

/** Where the gateway finds its counter-api, and where it can be pushed to. */
function home({ HOST: host, GATEWAY_PORT }: Environment, { port }: RunningApp): Environment {
  const gatewayPort = Number(GATEWAY_PORT || 4001);
  return {
    COUNTER_API_URLS: `http://${addressOf({ host, port })}`,
    ...(gatewayPort > 0 ? { GATEWAY_URL: `http://${addressOf({ host, port: gatewayPort })}` } : {}),
  };
}
