import { orThrow } from '@headcount/protocol';
import { TEST_SIGNING_KEYS } from '@headcount/testing';
import { loadConfig } from '../config/load-config.js';
import { commonSettings } from '../config/shared-settings.js';
import { Authenticator, credentialsOf } from './authenticator.js';
import { Grants } from './grants.js';
import { NOW_S, SECRET, TestClock, jwtConfig, sign } from './testing/tokens.js';

const clock = new TestClock();
const jwt = new Authenticator(jwtConfig({ AUTH_JWT_SECRET: SECRET }), clock);
const off = new Authenticator(
  loadConfig(commonSettings, { SIGNING_KEYS: TEST_SIGNING_KEYS }),
  clock,
);

describe('with AUTH=jwt', () => {
  it('the subject is that of the token, whatever else is said', async () => {
    const token = await sign({ sub: 'ann', exp: NOW_S + 60 });
    const ann = { kind: 'viewer', id: 'ann', expiresAtMs: (NOW_S + 60) * 1000 };
    expect(orThrow(await jwt.authenticate({ token }))).toMatchObject(ann);
    expect(orThrow(await jwt.authenticate({ token, viewerId: 'bob' }))).toMatchObject(ann);
  });

  it('nobody is let in without a good token', async () => {
    const bad = [
      undefined,
      '',
      await sign({ sub: 'ann' }, 'another secret of 32 characters!'),
      await sign({}),
      await sign({ sub: 'ann', more: 'x'.repeat(5_000) }),
      await sign({ sub: 'ann', pages: Array.from({ length: 100 }, () => 'x') }),
    ];
    for (const token of bad) {
      const outcome = await jwt.authenticate({ token, viewerId: 'ann' });
      expect(outcome).toEqual({ ok: false, error: 'UNAUTHENTICATED' });
    }
  });

  it('a subject that is no viewer id is refused as such', async () => {
    const outcome = await jwt.authenticate({ token: await sign({ sub: 'a\nb' }) });
    expect(outcome).toEqual({ ok: false, error: 'BAD_VIEWER_ID' });
  });
});

describe('with AUTH=off', () => {
  it('the subject is whoever is said, or nobody in particular, and may do everything', async () => {
    expect(await off.authenticate({ viewerId: 'ann' })).toEqual({
      ok: true,
      value: { kind: 'viewer', id: 'ann', expiresAtMs: null, grants: Grants.ALL },
    });
    const nobody = { kind: 'anonymous', grants: Grants.ALL };
    expect(await off.authenticate({})).toEqual({ ok: true, value: nobody });
    expect(await off.authenticate({ viewerId: '' })).toEqual({ ok: false, error: 'BAD_VIEWER_ID' });
  });

  it('tokens are not looked at', async () => {
    const outcome = await off.authenticate({ token: await sign({ sub: 'ann', pages: [] }) });
    expect(outcome).toMatchObject({ value: { kind: 'anonymous' } });
  });
});

describe('the credentials of a request', () => {
  it('are its bearer token and its user', () => {
    expect(credentialsOf({ authorization: 'Bearer a.b.c', 'x-headcount-user': 'ann' })).toEqual({
      token: 'a.b.c',
      viewerId: 'ann',
    });
    expect(credentialsOf({ authorization: 'Basic abc' })).toEqual({});
    expect(credentialsOf({ authorization: 'bearer  x', 'x-headcount-user': ['a', 'b'] })).toEqual({
      token: 'x',
    });
  });

  it.each(['', 'Bearer', 'Bearer ', 'bearer null', 'Bearer undefined', 'Bearerx', 'x', 'Basic x'])(
    'hold no token in %j',
    (authorization) => expect(credentialsOf({ authorization })).toEqual({}),
  );

  it.each(['BEARER x', 'Bearer   x', 'bearer\tx ', 'Bearer x'])(
    'hold a token in %j',
    (authorization) => expect(credentialsOf({ authorization })).toEqual({ token: 'x' }),
  );

  it('name one user, whether a program writes UTF-8 or a browser Latin-1; an empty name is none', () => {
    const userOf = (bytes: Buffer) =>
      credentialsOf({ 'x-headcount-user': bytes.toString('latin1') }).viewerId;
    expect(userOf(Buffer.from('zoë'))).toBe('zoë');
    expect(userOf(Buffer.from('zoë', 'latin1'))).toBe('zoë');
    expect(userOf(Buffer.from('統'))).toBe('統');
    expect(userOf(Buffer.from(''))).toBeUndefined();
  });
});
