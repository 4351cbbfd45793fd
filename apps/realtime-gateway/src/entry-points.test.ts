/** Sockets and streams settle themselves who speaks: what is public to guards stands in the table below. */
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard, PUBLIC, PUBLIC_READ, loadConfig } from '@headcount/platform';
import { TEST_SIGNING_KEYS, entryPointsOf } from '@headcount/testing';
import { gatewaySettings } from './gateway-settings.js';
import { GatewayModule } from './gateway.module.js';

describe('the entry points of the gateway', () => {
  const { controllers, providers } = GatewayModule.forRoot(
    loadConfig(gatewaySettings, { SIGNING_KEYS: TEST_SIGNING_KEYS }),
  );
  const marks = { [PUBLIC]: 'public', [PUBLIC_READ]: 'read' };
  const entries = entryPointsOf({ controllers, providers }, { marks, guards: {} });

  it('are guarded, or marked public and named here', () => {
    const open = Object.entries(entries).filter(([, who]) => who !== 'token');
    const stream = ['DELETE', 'GET', 'OPTIONS', 'POST', 'PUT'].map((verb) => [
      `${verb} /graphql/stream`,
      'public',
    ]);
    expect(Object.fromEntries(open)).toEqual({
      ...Object.fromEntries(stream),
      'GET /pages/:pageId/stream': 'public',
      'OPTIONS /pages/:pageId/stream': 'public',
      'Query _service': 'public',
      'Query gateway': 'public',
      'Subscription counterChanged': 'public',
      'Subscription countersChanged': 'public',
      'Subscription siteChanged': 'public',
      'Subscription trendingChanged': 'public',
      'Subscription unreadChanged': 'public',
      'Subscription viewing': 'public',
    });
    expect(providers).toContainEqual({ provide: APP_GUARD, useClass: AuthGuard });
  });
});
