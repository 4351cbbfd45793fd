/** Every route and field needs a token, or stands in the table below: nothing is open by omission. */
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard, PUBLIC, PUBLIC_READ, loadConfig } from '@headcount/platform';
import { TEST_SIGNING_KEYS, entryPointsOf } from '@headcount/testing';
import { AppModule } from './app.module.js';
import { notificationSettings } from './settings.js';

describe('the entry points of notification', () => {
  const { controllers, providers } = AppModule.forRoot(
    loadConfig(notificationSettings, { SIGNING_KEYS: TEST_SIGNING_KEYS }),
  );
  const marks = { [PUBLIC]: 'public', [PUBLIC_READ]: 'read' };
  const entries = entryPointsOf({ controllers, providers }, { marks, guards: {} });

  it('are guarded, or marked public and named here', () => {
    const open = Object.entries(entries).filter(([, who]) => who !== 'token');
    expect(Object.fromEntries(open)).toEqual({
      'Query _service': 'public',
      'Query modifications': 'read',
    });
    expect(providers).toContainEqual({ provide: APP_GUARD, useClass: AuthGuard });
  });

  it('are found: those that change something need a token', () => {
    expect(entries).toMatchObject({
      'POST /modifications': 'token',
      'PUT /users/:userId/follows/:pageId': 'token',
      'Mutation modifyPages': 'token',
      'Query digest': 'token',
    });
  });
});
