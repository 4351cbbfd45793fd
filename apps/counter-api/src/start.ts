import {
  RequestLimits,
  StartError,
  demandRoles,
  internalPortOf,
  loadConfig,
  originPolicyOf,
  runApp,
  type Environment,
  type RunningApp,
} from '@headcount/platform';
import { AppModule } from './app.module.js';
import { DatagramListener } from './intake/datagram.listener.js';
import { takeShortcuts } from './hot/shortcuts.js';
import { LimitsService } from './limits/limits.service.js';
import { openApiDocument } from './openapi.js';
import { counterApiSettings, type CounterApiConfig } from './settings.js';

/**
 * Starts counter-api with the settings in `env`. Throws ConfigError where they are wrong and StartError where
 * Redis or a port keeps it from starting.
 */
export async function startCounterApi(env: Environment): Promise<RunningApp> {
  const config = loadConfig(counterApiSettings, env, [
    demandRoles('counter-api', ['gateway', 'region']),
  ]);
  return runApp({
    name: 'counter-api',
    module: AppModule.forRoot(config),
    config,
    portSetting: 'COUNTER_API_PORT',
    internalPortSetting: 'COUNTER_API_INTERNAL_PORT',
    pages: originPolicyOf(config.HOST, config.CORS_ORIGINS),
    openApi: openApiDocument,
    storeCallsMax: config.STORE_CALLS_PER_REQUEST_MAX,
    configure: (nest) => {
      nest.get(RequestLimits).countExactly(nest.get(LimitsService));
      takeShortcuts(nest, config);
      return listenForDatagrams(nest.get(DatagramListener), config);
    },
  });
}

async function listenForDatagrams(
  listener: DatagramListener,
  config: CounterApiConfig,
): Promise<void> {
  const { DATAGRAM_PORT, COUNTER_API_PORT, COUNTER_API_INTERNAL_PORT, INTERNAL_HOST } = config;
  if (DATAGRAM_PORT === 0) return;
  const port = DATAGRAM_PORT ?? internalPortOf(COUNTER_API_PORT, COUNTER_API_INTERNAL_PORT);
  try {
    await listener.listen(port);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(
      `UDP port ${port} on ${INTERNAL_HOST} cannot be used (${reason}); set DATAGRAM_PORT to another, or to 0 for none.`,
    );
  }
}
