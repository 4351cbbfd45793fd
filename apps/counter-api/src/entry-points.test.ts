/** Every route and field needs a token, or stands in the table below: nothing is open by omission. */
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard, PUBLIC, PUBLIC_READ, loadConfig } from '@headcount/platform';
import { TEST_SIGNING_KEYS, entryPointsOf } from '@headcount/testing';
import { AppModule } from './app.module.js';
import { counterApiSettings } from './settings.js';

/** `read`: open to everyone while READS is public. `signed`: for apps of the deployment. */
const OPEN = {
  'GET /assets/headcount.js': 'public',
  'GET /assets/page.css': 'public',
  'GET /:webpageId/counter': 'read',
  'GET /:webpageId/counters/:name': 'read',
  'GET /:webpageId/counters/:name/series': 'read',
  'GET /:webpageId/counters/:name/window': 'read',
  'GET /counters': 'read',
  'GET /trending': 'read',
  'Query _service': 'public',
  'Query _entities': 'read',
  'Query counter': 'read',
  'Query counterSeries': 'read',
  'Query counterWindow': 'read',
  'Query counters': 'read',
  'Query countersByRef': 'read',
  'Query quota': 'read',
  'Query regions': 'read',
  'Query site': 'read',
  'Query trending': 'read',
};

describe('the entry points of counter-api', () => {
  const { controllers, providers } = AppModule.forRoot(
    loadConfig(counterApiSettings, { SIGNING_KEYS: TEST_SIGNING_KEYS }),
  );
  const entries = entryPointsOf(
    { controllers, providers },
    {
      marks: { [PUBLIC]: 'public', [PUBLIC_READ]: 'read' },
      guards: { SignedGuard: 'signed', RegionGuard: 'signed' },
    },
  );

  it('are guarded, or marked public and named here', () => {
    const open = Object.entries(entries).filter(([, who]) => who === 'public' || who === 'read');
    expect(Object.fromEntries(open)).toEqual(OPEN);
    expect(providers).toContainEqual({ provide: APP_GUARD, useClass: AuthGuard });
  });

  it('are signed below /internal alone, and all there', () => {
    for (const [entry, who] of Object.entries(entries))
      expect([entry, who === 'signed']).toEqual([entry, entry.includes(' /internal/')]);
  });

  it('are found: those that change something need a token', () => {
    expect(entries).toMatchObject({
      'PUT /:webpageId/counter': 'token',
      'POST /counters': 'token',
      'POST /limits/:key': 'token',
      'Mutation incrementCounters': 'token',
      'Mutation retireRegion': 'token',
      'Query vote': 'token',
    });
  });
});
