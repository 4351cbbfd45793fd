import { Logger } from '@nestjs/common';
import { exportSPKI, type JWTPayload } from 'jose';
import {
  NOW_S,
  SECRET,
  TestClock,
  jwtConfig,
  newKey,
  sign,
  type TestKey,
} from './testing/tokens.js';
import { TOKEN_LENGTH_MAX, TokenVerifier } from './token-verifier.js';

const clock = new TestClock();
const verifier = (env: Record<string, string>) => {
  const one = new TokenVerifier(jwtConfig(env), clock);
  /** The claims of a good token; null: it is refused for good. */
  const claimsOf = async (token: string): Promise<JWTPayload | null> => {
    const claims = await one.claimsOf(token);
    if (claims.ok) return claims.value;
    expect(claims.error).toBe('UNAUTHENTICATED');
    return null;
  };
  return { claimsOf, outcomeOf: (token: string) => one.claimsOf(token) };
};
const withSecret = (env: Record<string, string> = {}) =>
  verifier({ AUTH_JWT_SECRET: SECRET, ...env });
const pemOf = ({ publicKey }: TestKey) => exportSPKI(publicKey);

describe('a token signed with the secret', () => {
  it('is good, and gives its claims', async () => {
    const token = await sign({ sub: 'ann', role: 'editor' });
    expect(await withSecret().claimsOf(token)).toEqual({ sub: 'ann', role: 'editor' });
  });

  it('is refused where it was signed with another, changed, or is no token', async () => {
    const [head, , signature] = (await sign({ sub: 'ann' })).split('.');
    const bob = Buffer.from('{"sub":"bob"}').toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const other = await sign({ sub: 'ann' }, `${SECRET}!`);
    const bad = [other, `${head}.${bob}.${signature}`, `${none}.${bob}.`, '', 'a.b.c', '..', '\0'];
    for (const token of bad) expect(await withSecret().claimsOf(token)).toBeNull();
  });

  it('is taken with the algorithms of the list alone', async () => {
    const token = await sign({ sub: 'ann' }, SECRET, { alg: 'HS512' });
    expect(await withSecret().claimsOf(token)).toBeNull();
    const longer = withSecret({ AUTH_ALGORITHMS: 'HS384, HS512' });
    expect(await longer.claimsOf(token)).not.toBeNull();
    expect(await longer.claimsOf(await sign({ sub: 'ann' }))).toBeNull();
  });

  it('is not even looked at where it is very long', async () => {
    const token = await sign({ sub: 'ann' });
    const room = Math.floor(((TOKEN_LENGTH_MAX - token.length) * 3) / 4) - 20;
    expect(
      await withSecret().claimsOf(await sign({ sub: 'ann', x: 'x'.repeat(room) })),
    ).toBeTruthy();
    const longer = await sign({ sub: 'ann', x: 'x'.repeat(room + 40) });
    expect(longer.length).toBeGreaterThan(TOKEN_LENGTH_MAX);
    expect(await withSecret().claimsOf(longer)).toBeNull();
  });
});

describe('the times of a token', () => {
  /** True, or why it is refused. */
  const takes = async (env: Record<string, string>, claims: object) => {
    const outcome = await withSecret(env).outcomeOf(await sign({ sub: 'ann', ...claims }));
    return outcome.ok || outcome.error;
  };

  it('are kept with a tolerance of 5 seconds', async () => {
    expect(await takes({}, { exp: NOW_S + 1 })).toBe(true);
    expect(await takes({}, { exp: NOW_S - 4 })).toBe(true);
    expect(await takes({}, { exp: NOW_S - 5 })).toBe('TOKEN_EXPIRED');
    expect(await takes({}, { nbf: NOW_S + 5 })).toBe(true);
    expect(await takes({}, { nbf: NOW_S + 6 })).toBe('TOKEN_NOT_YET_VALID');
  });

  it('are kept with the tolerance that is set', async () => {
    const none = { AUTH_CLOCK_TOLERANCE_SECONDS: '0' };
    expect(await takes(none, { exp: NOW_S })).toBe('TOKEN_EXPIRED');
    expect(await takes(none, { nbf: NOW_S + 1 })).toBe('TOKEN_NOT_YET_VALID');
    const minute = { AUTH_CLOCK_TOLERANCE_SECONDS: '60' };
    expect(await takes(minute, { exp: NOW_S - 59 })).toBe(true);
    expect(await takes(minute, { nbf: NOW_S + 60 })).toBe(true);
  });

  it('are numbers, or the token is refused', async () => {
    expect(await takes({}, { exp: String(NOW_S + 60) })).toBe('UNAUTHENTICATED');
    expect(await takes({}, { nbf: null })).toBe('UNAUTHENTICATED');
  });
});

describe('issuer and audience', () => {
  const strict = { AUTH_ISSUER: 'https://id.example.org/', AUTH_AUDIENCE: 'headcount' };
  const good = { sub: 'ann', iss: strict.AUTH_ISSUER, aud: strict.AUTH_AUDIENCE };

  it('are what is set, which may be one audience of several', async () => {
    const both = withSecret(strict);
    expect(await both.claimsOf(await sign(good))).toEqual(good);
    expect(await both.claimsOf(await sign({ ...good, aud: ['shop', 'headcount'] }))).toBeTruthy();
  });

  it.each([
    ['another issuer', { ...good, iss: 'https://id.example.org' }],
    ['no issuer', { sub: 'ann', aud: 'headcount' }],
    ['another audience', { ...good, aud: 'shop' }],
    ['other audiences', { ...good, aud: ['shop', 'headcounts'] }],
    ['no audience', { sub: 'ann', iss: good.iss }],
  ])('let in no token with %s', async (_, claims) => {
    expect(await withSecret(strict).claimsOf(await sign(claims))).toBeNull();
  });

  it('are not looked at where none is set', async () => {
    expect(await withSecret().claimsOf(await sign({ ...good, iss: 'x', aud: 'y' }))).toBeTruthy();
  });
});

describe('a token verified with a public key', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('may be signed with %s', async (alg) => {
    const [key, other] = [await newKey(alg), await newKey(alg)];
    const pem = (await pemOf(key)).replaceAll('\n', '\\n');
    const one = verifier({ AUTH_JWT_PUBLIC_KEY: pem });
    expect(await one.claimsOf(await sign({ sub: 'ann' }, key.privateKey, { alg }))).toBeTruthy();
    expect(await one.claimsOf(await sign({ sub: 'ann' }, other.privateKey, { alg }))).toBeNull();
  });

  it('is taken with the algorithms of the list alone', async () => {
    const key = await newKey('RS256');
    const one = verifier({ AUTH_JWT_PUBLIC_KEY: await pemOf(key), AUTH_ALGORITHMS: 'PS256' });
    const signed = (alg: string) => sign({ sub: 'ann' }, key.privateKey, { alg });
    expect(await one.claimsOf(await signed('RS256'))).toBeNull();
    expect(await one.claimsOf(await signed('RS512'))).toBeNull();
    expect(
      await verifier({ AUTH_JWT_PUBLIC_KEY: await pemOf(key) }).claimsOf(await signed('RS256')),
    ).toBeTruthy();
  });

  it('is refused where the public key was used as if it were a secret', async () => {
    const pem = await pemOf(await newKey('RS256'));
    const one = verifier({ AUTH_JWT_PUBLIC_KEY: pem });
    for (const secret of [pem, pem.trim()]) {
      expect(await one.claimsOf(await sign({ sub: 'ann' }, secret))).toBeNull();
    }
  });

  it('is refused where it brings its own key along', async () => {
    const mine = await newKey('ES256');
    const one = verifier({ AUTH_JWT_PUBLIC_KEY: await pemOf(await newKey('ES256')) });
    const header = { alg: 'ES256', jwk: mine.jwk };
    expect(await one.claimsOf(await sign({ sub: 'ann' }, mine.privateKey, header))).toBeNull();
  });
});

describe('the life of a token', () => {
  /** True, or why it is refused. */
  const takes = async (env: Record<string, string>, claims: object) => {
    const outcome = await withSecret(env).outcomeOf(await sign({ sub: 'ann', ...claims }));
    return outcome.ok || outcome.error;
  };
  const HOUR = { AUTH_TOKEN_SECONDS_MAX: '3600' };

  it.each([
    ['no end', {}, 'UNAUTHENTICATED'],
    ['an end within the limit', { exp: NOW_S + 3600 }, true],
    ['an end beyond it', { exp: NOW_S + 3606 }, 'UNAUTHENTICATED'],
    ['an end that lies at the limit by a clock that is ahead', { exp: NOW_S + 3605 }, true],
    ['a beginning and an end within the limit', { iat: NOW_S - 1800, exp: NOW_S + 1800 }, true],
    ['a life that was longer', { iat: NOW_S - 3599, exp: NOW_S + 2 }, 'UNAUTHENTICATED'],
  ])('with %s is held to AUTH_TOKEN_SECONDS_MAX', async (_, claims, outcome) => {
    expect(await takes(HOUR, claims)).toBe(outcome);
    expect(await takes({}, claims)).toBe(true);
  });

  it('may be without an end unless that is set, of which a warning tells once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const { claimsOf } = withSecret();
    for (const sub of ['ann', 'bob']) expect(await claimsOf(await sign({ sub }))).toEqual({ sub });
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringContaining('AUTH_TOKEN_SECONDS_MAX'),
    ]);
    warn.mockRestore();
  });
});

describe('the kind of a token', () => {
  it.each([
    ['JWT', true],
    ['at+jwt', true],
    ['application/AT+JWT', true],
    ['logout+jwt', false],
    ['application/secevent+jwt', false],
    ['dpop+jwt', false],
  ])('%s is one to call with: %s', async (typ, isTaken) => {
    const token = await sign({ sub: 'ann' }, SECRET, { typ });
    expect((await withSecret().claimsOf(token)) !== null).toBe(isTaken);
  });
});

describe('a key set without an audience', () => {
  it.each([
    [{}, 1],
    [{ AUTH_AUDIENCE: 'headcount' }, 0],
  ])('is warned of at the start: %o', (more, warnings) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    verifier({ AUTH_JWKS_URL: 'https://id.example.org/keys', ...more });
    expect(warn).toHaveBeenCalledTimes(warnings);
    warn.mockRestore();
  });
});
