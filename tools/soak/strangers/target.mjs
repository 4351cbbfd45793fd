/** The system under attack, as an operator has it: three apps, AUTH=jwt, defaults. */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Caller } from './http.mjs';
import { newApiKey, tokenFor } from './tokens.mjs';

const { startSystem } = createRequire(import.meta.url)('../../../dist/libs/testing/src/index.js');

const VIEWERS = 150;
/** Follows of the user `full`. */
const FOLLOWS = 1000;

/** Starts it. Resolves with the target (attacks/kinds.mjs), the tokens of honest viewers, and the processes. */
export async function startTarget() {
  const secret = randomBytes(32).toString('hex');
  const service = newApiKey({
    ...{ name: 'site', pages: ['*'], counters: ['*'] },
    scope: 'pages:modify users:act limits:take',
  });
  const system = await startSystem({
    notifications: 1,
    env: {
      ...{ AUTH: 'jwt', AUTH_JWT_SECRET: secret, API_KEYS: service.line },
      ...{ VOTED_COUNTERS: 'poll', LOG_LEVEL: 'info' },
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'collect.cjs')}`,
    },
  });
  const token = (sub, claims = {}) => tokenFor(secret, { sub, ...claims });
  const users = {
    plain: token('plain'),
    writer: token('writer', { counters: ['*'], votes: ['*'], amount: 1000 }),
    full: token('full'),
  };
  const target = {
    ...{ api: system.apiUrl(), gateway: system.gatewayUrl(), live: system.liveUrl() },
    ...{ notification: system.notificationUrl(), users, apiKey: service.key },
  };
  await followMany(target);
  return {
    target,
    viewers: Array.from({ length: VIEWERS }, (_, at) => token(`h${at}`)),
    apps: [...system.counterApis, ...system.gateways, ...system.notifications],
    stop: () => system.stop(),
  };
}

/** By the back end, whose limits are wider. */
async function followMany({ notification, apiKey }) {
  const caller = new Caller({ token: apiKey, sockets: 8 });
  const follow = (at) => caller.ask('PUT', `${notification}/users/full/follows/followed-${at}`);
  await Promise.all(Array.from({ length: FOLLOWS }, (_, at) => follow(at)));
  caller.close();
}
