import { SignJWT } from 'jose';
import type { Clock } from '../sources.js';
import { Authenticator, credentialsOf } from './authenticator.js';

const secret = 'a secret of at least 32 characters';
const clock: Clock = { nowMs: () => 1_900_000_000_000, monotonicMs: () => 0 };
const nowS = 1_900_000_000;

const jwt = new Authenticator({ AUTH: 'jwt', AUTH_JWT_SECRET: secret }, clock);
const off = new Authenticator({ AUTH: 'off', AUTH_JWT_SECRET: undefined }, clock);

const token = (claims: Record<string, unknown>, key = secret, alg = 'HS256'): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(key));

describe('with AUTH=jwt', () => {
  it('the subject is that of the token, whatever else is said', async () => {
    const good = await token({ sub: 'ann', exp: nowS + 60 });
    const ann = { ok: true, value: { kind: 'viewer', id: 'ann' } };
    expect(await jwt.authenticate({ token: good })).toEqual(ann);
    expect(await jwt.authenticate({ token: good, viewerId: 'bob' })).toEqual(ann);
  });

  it('nobody is let in without a good token', async () => {
    const bad = [
      undefined,
      '',
      'a.b.c',
      await token({ sub: 'ann' }, 'another secret of 32 characters!'),
      await token({ sub: 'ann' }, secret, 'HS512'),
      await token({ sub: 'ann', exp: nowS - 60 }),
      await token({ sub: 'ann', nbf: nowS + 60 }),
      await token({}),
      await token({ sub: 'ann', more: 'x'.repeat(5_000) }),
      // Signed by nobody, as in the oldest attack on tokens.
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ann"}').toString('base64url')}.`,
    ];
    for (const one of bad) {
      expect(await jwt.authenticate({ token: one, viewerId: 'ann' })).toEqual({
        ok: false,
        error: 'UNAUTHENTICATED',
      });
    }
  });

  it('a subject that is no viewer id is refused as such', async () => {
    expect(await jwt.authenticate({ token: await token({ sub: 'a\nb' }) })).toEqual({
      ok: false,
      error: 'BAD_VIEWER_ID',
    });
  });
});

describe('with AUTH=off', () => {
  it('the subject is whoever is said, or nobody in particular', async () => {
    expect(await off.authenticate({ viewerId: 'ann' })).toEqual({
      ok: true,
      value: { kind: 'viewer', id: 'ann' },
    });
    expect(await off.authenticate({})).toEqual({ ok: true, value: { kind: 'anonymous' } });
    expect(await off.authenticate({ viewerId: '' })).toEqual({ ok: false, error: 'BAD_VIEWER_ID' });
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
});
