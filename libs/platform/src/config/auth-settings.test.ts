import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { authSettings } from './auth-settings.js';
import { ConfigError, loadConfig, type Environment } from './load-config.js';

const jwt = (env: Environment) => loadConfig(authSettings, { AUTH: 'jwt', ...env });

function faultsOf(env: Environment): string[] {
  try {
    jwt(env);
    return [];
  } catch (cause) {
    if (cause instanceof ConfigError) return [...cause.faults];
    throw cause;
  }
}

const pem = (key: KeyObject): string => String(key.export({ type: 'spki', format: 'pem' }));
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const AUTH_JWT_SECRET = 'x'.repeat(32);
const AUTH_JWT_PUBLIC_KEY = pem(curve('P-256').publicKey);
const AUTH_JWKS_URL = 'https://id.example.org/keys';

/** Of P-256, made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500`. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIULOAkxPk3K03Sg9tN8C7QdjPE6iYwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOaWQuZXhhbXBsZS5vcmcwIBcNMjYxMTI1MDMzMDA4WhgPMjEy
NjExMDEwMzMwMDhaMBkxFzAVBgNVBAMMDmlkLmV4YW1wbGUub3JnMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEz6t203egusBlRG6w6niOSk1NGmBXnYrFmJncs6gm
8tBz5fMFDxVZHA5NgEKKOu5OkCLno8dRqw3WZspJuKTwJ6NTMFEwHQYDVR0OBBYE
FKtGrU9U9PUZ5fSDV8Tr+G5tBQycMB8GA1UdIwQYMBaAFKtGrU9U9PUZ5fSDV8Tr
+G5tBQycMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAM+5aSUN
83j58I2LDaKGU540flTrINIS8XVHMHWBIUjiAiEAucE5vnptbsf4TJ50303k6TiU
Pcq0THaarPq7R+p2jXY=
-----END CERTIFICATE-----
`;

describe('the key that tokens are verified with', () => {
  it.each([{ AUTH_JWT_SECRET }, { AUTH_JWT_PUBLIC_KEY }, { AUTH_JWKS_URL }])(
    'is one of three: %o',
    (env) => {
      expect(faultsOf(env)).toEqual([]);
    },
  );

  it('is demanded where AUTH is jwt', () => {
    expect(faultsOf({})).toEqual([
      'AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY or AUTH_JWKS_URL must be set where AUTH is jwt, ' +
        'for example AUTH_JWT_SECRET=$(openssl rand -hex 32): without it no token can be verified.',
    ]);
    expect(faultsOf({ AUTH: 'off' })).toEqual([]);
  });

  it.each([
    { AUTH_JWT_SECRET },
    { AUTH_JWT_PUBLIC_KEY },
    { AUTH_JWKS_URL },
    { API_KEYS: '# none yet' },
    { API_KEYS_FILE: '/dev/null' },
  ])('is not set where AUTH is off, as by mistake: %o', (env) => {
    const [name = ''] = Object.keys(env);
    for (const AUTH of ['off', '']) {
      expect(faultsOf({ ...env, AUTH })).toEqual([
        `AUTH must be jwt where ${name} is set: with AUTH=off no key is looked at and everybody may do everything; ` +
          'set AUTH=jwt, or take the keys out.',
      ]);
    }
  });

  it('is not two at once', () => {
    expect(faultsOf({ AUTH_JWT_SECRET, AUTH_JWKS_URL })).toEqual([
      'AUTH_JWT_SECRET and AUTH_JWKS_URL must not be set together: which key verifies a token has ' +
        'to be clear; leave one and take the others out.',
    ]);
    const all = faultsOf({ AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY, AUTH_JWKS_URL });
    expect(all).toHaveLength(1);
    expect(all[0]).toMatch(
      /^AUTH_JWT_SECRET and AUTH_JWT_PUBLIC_KEY and AUTH_JWKS_URL must not be/,
    );
  });

  it('is told of once where it is faulty by itself', () => {
    expect(faultsOf({ AUTH_JWT_SECRET: 'short' })).toHaveLength(1);
    expect(faultsOf({ AUTH_JWKS_URL: 'keys', AUTH_JWT_SECRET })).toHaveLength(1);
  });
});

describe('AUTH_JWT_PUBLIC_KEY', () => {
  const typeOf = (text: string) =>
    jwt({ AUTH_JWT_PUBLIC_KEY: text, AUTH_ALGORITHMS: 'RS256,ES256,ES384,ES512,EdDSA' })
      .AUTH_JWT_PUBLIC_KEY?.asymmetricKeyType;

  it.each([
    ['rsa', pem(rsa(2048).publicKey)],
    ['ec', pem(curve('P-256').publicKey)],
    ['ec', pem(curve('P-384').publicKey)],
    ['ec', pem(curve('P-521').publicKey)],
    ['ed25519', pem(generateKeyPairSync('ed25519').publicKey)],
  ])('is a key in PEM: %s', (type, text) => {
    expect(typeOf(text)).toBe(type);
    expect(typeOf(text.replaceAll('\n', '\\n'))).toBe(type);
  });

  it('is a certificate with one', () => {
    expect(typeOf(CERTIFICATE)).toBe('ec');
    expect(typeOf(CERTIFICATE.replaceAll('\n', '\\n'))).toBe('ec');
  });

  it.each([
    ['no PEM', 'MCowBQYDK2VwAyEA'],
    ['PEM of nothing', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['a short key', pem(rsa(1024).publicKey)],
    ['a key of a curve that no algorithm here has', pem(curve('secp256k1').publicKey)],
    ['a key for something else', pem(generateKeyPairSync('x25519').publicKey)],
    [
      'a private key, which it does not show either',
      String(curve('P-256').privateKey.export({ type: 'pkcs8', format: 'pem' })),
    ],
  ])('is not %s', (_, text) => {
    expect(faultsOf({ AUTH_JWT_PUBLIC_KEY: text })).toEqual([
      expect.stringMatching(/^AUTH_JWT_PUBLIC_KEY must be PEM, .*; the one given is not\.$/),
    ]);
  });
});

describe('AUTH_JWKS_URL', () => {
  it.each([
    'https://id.example.org/keys',
    'http://127.0.0.1:9/keys',
    'http://[::1]/',
    'http://localhost/',
  ])('may be %s', (url) => {
    expect(jwt({ AUTH_JWKS_URL: url }).AUTH_JWKS_URL).toBe(url);
  });

  it.each([
    'http://id.example.org/keys',
    'http://127.0.0.1.example.org/',
    'http://10.0.0.1/',
    'https://ann:hush@id.example.org/',
    'file:///etc/keys',
    'id.example.org',
  ])('may not be %s', (url) => {
    const [fault, ...more] = faultsOf({ AUTH_JWKS_URL: url });
    expect(fault).toMatch(/^AUTH_JWKS_URL must be an https address, .*; the one given is not\.$/);
    expect(more).toEqual([]);
  });
});

describe('AUTH_ALGORITHMS', () => {
  it.each(['none', 'HS1', ',', 'ES256,none', 'es256'])('does not name %s', (names) => {
    const faults = faultsOf({ AUTH_JWKS_URL, AUTH_ALGORITHMS: names });
    expect(faults).toEqual([expect.stringMatching(/^AUTH_ALGORITHMS must be some of HS256, /)]);
  });

  it('are of the kind of the key', () => {
    expect(faultsOf({ AUTH_JWT_SECRET, AUTH_ALGORITHMS: 'HS256,RS256' })).toEqual([
      'AUTH_ALGORITHMS must be some of HS256, HS384, HS512 where AUTH_JWT_SECRET is set, ' +
        'for example HS256: the others need a public key; it names RS256.',
    ]);
    for (const key of [{ AUTH_JWKS_URL }, { AUTH_JWT_PUBLIC_KEY }]) {
      expect(faultsOf({ ...key, AUTH_ALGORITHMS: 'ES256,HS256' })).toEqual([
        expect.stringMatching(
          /^AUTH_ALGORITHMS must be some of RS256, .* whoever knows a public key could sign; it names HS256\.$/,
        ),
      ]);
    }
  });

  it('have one that the public key can verify', () => {
    const key = { AUTH_JWT_PUBLIC_KEY: pem(curve('P-384').publicKey) };
    expect(faultsOf({ ...key, AUTH_ALGORITHMS: 'ES384' })).toEqual([]);
    expect(faultsOf(key)).toEqual([
      'AUTH_ALGORITHMS must name one that AUTH_JWT_PUBLIC_KEY can verify, for example ES384: ' +
        'with RS256, ES256, EdDSA, PS256 every token would be refused.',
    ]);
    expect(faultsOf({ AUTH_JWT_PUBLIC_KEY, AUTH_ALGORITHMS: 'RS256' })).toHaveLength(1);
  });

  it('have a secret as long as their digest', () => {
    const AUTH_ALGORITHMS = 'HS256,HS512';
    expect(faultsOf({ AUTH_JWT_SECRET, AUTH_ALGORITHMS })).toEqual([
      expect.stringMatching(
        /^AUTH_JWT_SECRET must be at least 64 characters where AUTH_ALGORITHMS /,
      ),
    ]);
    expect(faultsOf({ AUTH_JWT_SECRET: 'x'.repeat(64), AUTH_ALGORITHMS })).toEqual([]);
  });
});

describe('issuer, audience and tolerance', () => {
  it('may be left out; the tolerance is 5 seconds then', () => {
    const config = jwt({ AUTH_JWT_SECRET });
    expect(config).toMatchObject({ AUTH_ISSUER: undefined, AUTH_AUDIENCE: undefined });
    expect(config.AUTH_CLOCK_TOLERANCE_SECONDS).toBe(5);
  });

  it.each([
    ['AUTH_ISSUER', 'a b'],
    ['AUTH_AUDIENCE', 'x'.repeat(1025)],
    ['AUTH_CLOCK_TOLERANCE_SECONDS', '301'],
    ['AUTH_CLOCK_TOLERANCE_SECONDS', '-1'],
  ])('has no %s of "%s"', (name, value) => {
    const faults = faultsOf({ AUTH_JWT_SECRET, [name]: value });
    expect(faults).toEqual([expect.stringMatching(new RegExp(`^${name} must be `))]);
  });
});

describe('what users may do and read', () => {
  it('is to view all pages, to change nothing, and to read, unless it is said', () => {
    expect(jwt({ AUTH_JWT_SECRET })).toMatchObject({
      USER_RIGHTS: { pages: ['*'], counters: [], amount: 1 },
      READS: 'public',
    });
    const USER_RIGHTS = '{"pages":["blog/*"],"votes":["likes"]}';
    expect(jwt({ AUTH_JWT_SECRET, USER_RIGHTS }).USER_RIGHTS).toEqual(JSON.parse(USER_RIGHTS));
  });

  it.each(['all', 'null', '[]', '{"scope":"users:act"}', '{"counter":["*"]}', '{"amount":0}'])(
    'is not %s',
    (USER_RIGHTS) => {
      expect(faultsOf({ AUTH_JWT_SECRET, USER_RIGHTS })).toEqual([
        expect.stringMatching(/^USER_RIGHTS must be a JSON object with the fields pages, /),
      ]);
    },
  );

  it('needs no token to read where none is looked at', () => {
    expect(faultsOf({ AUTH: 'off', READS: 'token' })).toEqual([
      expect.stringMatching(/^READS must be public where AUTH is off: /),
    ]);
  });
});
