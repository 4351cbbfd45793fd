/**
 * Goal    keys of an identity provider are found, also new ones, and its failures do no harm.
 * Method  a server on this machine gives the set; the clock is set by the test.
 */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { jwtVerify } from 'jose';
import { until } from '@headcount/testing';
import {
  FRESH_MS,
  HELD_MS_MAX,
  PAUSE_MS,
  RETRY_MS,
  RemoteKeys,
  SET_BYTES_MAX,
} from './remote-keys.js';
import { KeyServer } from './testing/key-server.js';
import { NOW_S, TestClock, jwtConfig, newKey, sign, type TestKey } from './testing/tokens.js';
import { TokenVerifier } from './token-verifier.js';

describe('the keys at an address', () => {
  let first: TestKey;
  let second: TestKey;
  let server: KeyServer;
  let clock: TestClock;
  let failures: string[];
  let keys: RemoteKeys;
  beforeAll(async () => {
    [first, second] = [await newKey('ES256', 'first'), await newKey('ES256', 'second')];
  });
  beforeEach(async () => {
    server = await KeyServer.start([first.jwk]);
    clock = new TestClock();
    failures = [];
    keys = new RemoteKeys({ url: server.url, clock, onFailure: (why) => failures.push(why) });
  });
  afterEach(() => server.stop());

  const tokenOf = ({ privateKey, alg, jwk }: TestKey, kid = jwk.kid) =>
    sign({ sub: 'ann' }, privateKey, { alg, ...(kid && { kid }) });
  const takes = async (key: TestKey, kid?: string): Promise<boolean> => {
    const token = await tokenOf(key, kid);
    const currentDate = new Date(NOW_S * 1000);
    return keys
      .verifyWith((keyFor) => jwtVerify(token, keyFor, { currentDate }))
      .then(
        () => true,
        () => false,
      );
  };

  it('are fetched once for many tokens', async () => {
    expect(await Promise.all([takes(first), takes(first), takes(first)])).toEqual([
      true,
      true,
      true,
    ]);
    clock.monotonic += FRESH_MS - 1;
    expect(await takes(first)).toBe(true);
    expect(server.asked).toBe(1);
    clock.monotonic += 1;
    expect(await takes(first)).toBe(true);
    await until(() => server.asked === 2);
    expect(failures).toEqual([]);
  });

  it('are fetched again in the background, so that a slow address delays no token', async () => {
    await takes(first);
    let finish = (): void => undefined;
    server.answer = (response) =>
      void (finish = () => response.end(JSON.stringify({ keys: [second.jwk] })));
    clock.monotonic += FRESH_MS;
    expect(await takes(first)).toBe(true);
    await until(() => server.asked === 2);
    expect(await takes(first)).toBe(true);
    finish();
    await until(async () => !(await takes(first)));
    expect(await takes(second)).toBe(true);
    expect(server.asked).toBe(2);
  });

  it('are found after a rotation, when a token names a new one', async () => {
    await takes(first);
    server.keys = [first.jwk, second.jwk];
    clock.monotonic += PAUSE_MS;
    expect(await takes(second)).toBe(true);
    expect(await takes(first)).toBe(true);
    expect(server.asked).toBe(2);
  });

  it('are no longer taken once they are taken back and the set is old', async () => {
    await takes(first);
    server.keys = [second.jwk];
    clock.monotonic += FRESH_MS;
    await until(async () => !(await takes(first)));
    expect(await takes(second)).toBe(true);
  });

  it('are not asked for again and again because of made-up ids', async () => {
    await takes(first);
    for (let nth = 0; nth < 20; nth += 1) expect(await takes(second, `made-up-${nth}`)).toBe(false);
    expect(server.asked).toBe(1);
    clock.monotonic += PAUSE_MS;
    for (let nth = 0; nth < 20; nth += 1) expect(await takes(second, `made-up-${nth}`)).toBe(false);
    expect(server.asked).toBe(2);
  });

  it('stay good for an hour while the address fails, and not longer', async () => {
    await takes(first);
    server.answer = (response) => response.writeHead(500).end();
    clock.monotonic += HELD_MS_MAX - 1;
    expect(await takes(first)).toBe(true);
    await until(() => failures.length === 1);
    clock.monotonic += RETRY_MS;
    expect(await takes(first)).toBe(false);
    expect(failures).toEqual(['the status is 500', 'the status is 500']);
  });

  it('are asked for after a pause where the address failed', async () => {
    const working = server.answer;
    server.answer = (response) => response.writeHead(503).end();
    for (let nth = 0; nth < 5; nth += 1) expect(await takes(first)).toBe(false);
    expect(server.asked).toBe(1);
    server.answer = working;
    clock.monotonic += RETRY_MS;
    expect(await takes(first)).toBe(true);
    expect(server.asked).toBe(2);
  });

  it.each([
    ['is no JSON', '<html>'],
    ['is no set', '{"keys":"none"}'],
    ['is too long', JSON.stringify({ keys: [], more: 'x'.repeat(SET_BYTES_MAX) })],
  ])('are none where the answer %s', async (_, text) => {
    server.answer = (response) => response.end(text);
    expect(await takes(first)).toBe(false);
    expect(failures).toHaveLength(1);
  });

  it('are not fetched from where the address sends us', async () => {
    const elsewhere = await KeyServer.start([first.jwk]);
    server.answer = (response) => response.writeHead(302, { location: elsewhere.url }).end();
    expect(await takes(first)).toBe(false);
    expect(elsewhere.asked).toBe(0);
    expect(failures).toEqual(['the status is 302']);
    await elsewhere.stop();
  });

  it('are given up where the answer stalls halfway, and asked for again', async () => {
    const onFailure = (why: string): unknown => failures.push(why);
    keys = new RemoteKeys({ url: server.url, clock, onFailure, timeoutMs: 500 });
    const working = server.answer;
    server.answer = (response) => void response.write('{"keys":');
    expect(await takes(first)).toBe(false);
    expect(failures).toHaveLength(1);
    server.answer = working;
    clock.monotonic += RETRY_MS;
    expect(await takes(first)).toBe(true);
  });

  it('are never secrets, whatever the set has', async () => {
    const secret = Buffer.from('x'.repeat(32));
    server.keys = [{ kty: 'oct', k: secret.toString('base64url'), alg: 'HS256', kid: 'first' }];
    const token = await sign({ sub: 'ann' }, secret.toString(), { kid: 'first' });
    await expect(keys.verifyWith((keyFor) => jwtVerify(token, keyFor))).rejects.toThrow();
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['GZIP, br', (bytes: Buffer) => brotliCompressSync(gzipSync(bytes))],
  ])('are read where the answer is compressed unasked, as %s', async (encoding, compress) => {
    const set = Buffer.from(JSON.stringify({ keys: [first.jwk] }));
    server.answer = (response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress(set));
    expect(await takes(first)).toBe(true);
  });

  it.each([
    ['grows beyond the bound', gzipSync(Buffer.alloc(SET_BYTES_MAX + 1, ' ')), 'gzip'],
    ['has a coding that nobody knows', Buffer.from('{"keys":[]}'), 'zip'],
    ['is not of its coding', Buffer.from('{"keys":[]}'), 'gzip'],
  ])('are none where a compressed answer %s', async (_, bytes, encoding) => {
    server.answer = (response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
    expect(await takes(first)).toBe(false);
    expect(failures).toHaveLength(1);
  });

  describe('that fails', () => {
    const codeOf = async (token: string): Promise<string> => {
      const claims = await verifier.claimsOf(token);
      return claims.ok ? 'good' : claims.error;
    };
    let verifier: TokenVerifier;
    let working: KeyServer['answer'];
    beforeEach(() => {
      verifier = new TokenVerifier(jwtConfig({ AUTH_JWKS_URL: server.url }), clock);
      working = server.answer;
    });
    const fail = (): void => void (server.answer = (response) => response.writeHead(500).end());

    it('make tokens neither good nor bad, until it answers again', async () => {
      fail();
      expect(await codeOf(await tokenOf(first))).toBe('KEYS_UNAVAILABLE');
      server.answer = working;
      clock.monotonic += RETRY_MS;
      expect(await codeOf(await tokenOf(first))).toBe('good');
    });

    it('leave tokens bad that no key could make good', async () => {
      fail();
      for (const token of ['', 'a.b.c', await sign({ sub: 'ann' }, undefined, { kid: 'first' })])
        expect(await codeOf(token)).toBe('UNAUTHENTICATED');
      expect(server.asked).toBe(0);
    });

    it('say nothing of a token with a key that may be a new one', async () => {
      expect(await codeOf(await tokenOf(first))).toBe('good');
      expect(await codeOf(await tokenOf(second))).toBe('UNKNOWN_KEY');
      fail();
      clock.monotonic += PAUSE_MS;
      expect(await codeOf(await tokenOf(second))).toBe('KEYS_UNAVAILABLE');
      expect(await codeOf(await tokenOf(first))).toBe('good');
      server.answer = working;
      clock.monotonic += RETRY_MS;
      expect(await codeOf(await tokenOf(second))).toBe('UNKNOWN_KEY');
    });

    it('are unknown again when the set that was held is an hour old', async () => {
      await codeOf(await tokenOf(first));
      fail();
      clock.monotonic += HELD_MS_MAX;
      expect(await codeOf(await tokenOf(first))).toBe('KEYS_UNAVAILABLE');
    });
  });

  describe.each(['RS256', 'ES256', 'EdDSA'])('of two keys for %s', (alg) => {
    let pair: readonly TestKey[];
    let verifier: TokenVerifier;
    const codeOf = async (key: TestKey, kid?: string): Promise<string> => {
      const header = { alg, ...(kid !== undefined && { kid }) };
      const claims = await verifier.claimsOf(await sign({ sub: 'ann' }, key.privateKey, header));
      return claims.ok ? 'good' : claims.error;
    };
    beforeEach(async () => {
      pair = [await newKey(alg, 'one'), await newKey(alg, 'two'), await newKey(alg, 'three')];
      server.keys = pair.slice(0, 2).map(({ jwk }) => jwk);
      verifier = new TokenVerifier(jwtConfig({ AUTH_JWKS_URL: server.url }), clock);
    });

    it('try both for a token that names none', async () => {
      const [one, two, three] = pair as [TestKey, TestKey, TestKey];
      expect([await codeOf(one), await codeOf(two)]).toEqual(['good', 'good']);
      expect(await codeOf(three)).toBe('UNKNOWN_KEY');
    });

    it('try those without an id for a token that names one', async () => {
      const [one, two, three] = pair as [TestKey, TestKey, TestKey];
      server.keys = server.keys.map(({ kid: _, ...jwk }) => jwk);
      expect([await codeOf(one, 'one'), await codeOf(two, 'two')]).toEqual(['good', 'good']);
      expect(await codeOf(three, 'three')).toBe('UNKNOWN_KEY');
    });

    it('are fetched again where a key was swapped under the same id', async () => {
      const [one, two] = pair as [TestKey, TestKey, TestKey];
      server.keys = [one.jwk];
      expect(await codeOf(one, 'one')).toBe('good');
      server.keys = [{ ...two.jwk, kid: 'one' }];
      expect(await codeOf(two, 'one')).toBe('UNKNOWN_KEY');
      clock.monotonic += PAUSE_MS;
      expect(await codeOf(two, 'one')).toBe('good');
      expect(await codeOf(one, 'one')).toBe('UNKNOWN_KEY');
    });
  });

  it('keep made-up ids from locking out a new key for longer than one pause', async () => {
    const verifier = new TokenVerifier(jwtConfig({ AUTH_JWKS_URL: server.url }), clock);
    await verifier.claimsOf(await tokenOf(first, 'made-up'));
    server.keys = [first.jwk, second.jwk];
    expect(await verifier.claimsOf(await tokenOf(second))).toEqual({
      ok: false,
      error: 'UNKNOWN_KEY',
    });
    clock.monotonic += PAUSE_MS;
    await verifier.claimsOf(await tokenOf(first, 'made-up'));
    expect((await verifier.claimsOf(await tokenOf(second))).ok).toBe(true);
  });

  it('are those of AUTH_JWKS_URL', async () => {
    const verifier = new TokenVerifier(jwtConfig({ AUTH_JWKS_URL: server.url }), clock);
    const refused = { ok: false, error: 'UNAUTHENTICATED' };
    expect(await verifier.claimsOf(await tokenOf(first))).toEqual({
      ok: true,
      value: { sub: 'ann' },
    });
    expect(await verifier.claimsOf(await tokenOf(second))).toEqual({
      ok: false,
      error: 'UNKNOWN_KEY',
    });
    const hs = await sign({ sub: 'ann' }, JSON.stringify(first.jwk), { kid: 'first' });
    expect(await verifier.claimsOf(hs)).toEqual(refused);
  });
});
