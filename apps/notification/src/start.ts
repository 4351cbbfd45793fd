import {
  AllowanceMetrics,
  ExactLimits,
  RequestLimits,
  demandRoles,
  loadConfig,
  originPolicyOf,
  runApp,
  type Environment,
  type RunningApp,
} from '@headcount/platform';
import { AppModule } from './app.module.js';
import { openApiDocument } from './openapi.js';
import { notificationSettings } from './settings.js';
import { callsOfRequest } from './store/call-costs.js';
import { STORE, type Store } from './store/store.js';

/**
 * Starts notification with the settings in `env`. Throws ConfigError where they are wrong and StartError where
 * Redis or the port keeps it from starting.
 */
export async function startNotification(env: Environment): Promise<RunningApp> {
  const config = loadConfig(notificationSettings, env, [demandRoles('notification', ['cursor'])]);
  return runApp({
    name: 'notification',
    module: AppModule.forRoot(config),
    config,
    portSetting: 'NOTIFICATION_PORT',
    internalPortSetting: 'NOTIFICATION_INTERNAL_PORT',
    pages: originPolicyOf(config.HOST, config.CORS_ORIGINS),
    openApi: openApiDocument,
    storeCallsMax: callsOfRequest(config),
    configure: (nest) => {
      const exact = new ExactLimits(nest.get<Store>(STORE), nest.get(AllowanceMetrics));
      nest.get(RequestLimits).countExactly(exact);
    },
  });
}
