import { TEST_SIGNING_KEYS } from '@headcount/testing';
import { describeSettings } from './describe-settings.js';
import { choiceSetting, numberSetting, portSetting, urlListSetting } from './kinds.js';
import { ConfigError, loadConfig, type Environment } from './load-config.js';
import { commonSettings, redisSettings } from './shared-settings.js';
import type { ConfigRule } from './setting.js';

const settings = {
  ...commonSettings,
  ...redisSettings,
  TEST_PORT: portSetting('Where the test listens.', 4000),
  SYNC_INTERVAL_MS: numberSetting('Time between syncs.', { min: 100, max: 60_000, default: 2000 }),
  COLOUR: choiceSetting('Which colour.', ['red', 'green'], 'red'),
  PEER_URLS: urlListSetting('Whom to ask.', ['http://127.0.0.1:4000']),
};

const load = (env: Environment, rules: readonly ConfigRule<typeof settings>[] = []) =>
  loadConfig(settings, { SIGNING_KEYS: TEST_SIGNING_KEYS, ...env }, rules);

function faultsOf(env: Environment, rules: readonly ConfigRule<typeof settings>[] = []): string[] {
  try {
    load(env, rules);
    return [];
  } catch (cause) {
    if (cause instanceof ConfigError) return [...cause.faults];
    throw cause;
  }
}

describe('the configuration', () => {
  it('has a default for all that may be left out, and is frozen', () => {
    const config = load({});
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      REGION: 'local',
      BUCKETS: 1024,
      AUTH: 'off',
      AUTH_JWT_SECRET: undefined,
      LOG_LEVEL: 'info',
      REDIS_URL: 'redis://127.0.0.1:6379',
      TEST_PORT: 4000,
      SYNC_INTERVAL_MS: 2000,
      COLOUR: 'red',
      PEER_URLS: ['http://127.0.0.1:4000'],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('is what the environment says', () => {
    const env = {
      TEST_PORT: '0',
      BUCKETS: '65536',
      REDIS_URL: 'unix:///run/redis.sock',
      PEER_URLS: 'http://a:1, https://b',
      SIGNING_KEYS: 'k2:0123456789abcdef,k1:with:colons:in:it',
      COLOUR: '',
    };
    expect(loadConfig(settings, env)).toMatchObject({
      TEST_PORT: 0,
      BUCKETS: 65_536,
      REDIS_URL: 'unix:///run/redis.sock',
      PEER_URLS: ['http://a:1', 'https://b'],
      SIGNING_KEYS: [
        { id: 'k2', secret: '0123456789abcdef' },
        { id: 'k1', secret: 'with:colons:in:it' },
      ],
      COLOUR: 'red',
    });
  });

  it('reports all faults at once, each in a sentence that says what to write instead', () => {
    expect(faultsOf({ TEST_PORT: 'abc', COLOUR: 'blue', BUCKETS: '1000' })).toEqual([
      'BUCKETS must be a power of two from 1 to 65536, for example 1024; it is "1000".',
      'TEST_PORT must be a whole number from 0 to 65535, for example 4000; it is "abc".',
      'COLOUR must be red or green, for example red; it is "blue".',
    ]);
  });

  it.each([
    ['TEST_PORT', '65536'],
    ['TEST_PORT', '-1'],
    ['TEST_PORT', '1.5'],
    ['TEST_PORT', '0x10'],
    ['SYNC_INTERVAL_MS', '99'],
    ['BUCKETS', '0'],
    ['BUCKETS', '131072'],
    ['HOST', 'a host'],
    ['REGION', 'EU'],
    ['REDIS_URL', 'http://127.0.0.1'],
    ['REDIS_URL', '127.0.0.1:6379'],
    ['PEER_URLS', 'localhost'],
    ['PEER_URLS', 'http://a,'],
    ['PEER_URLS', 'ftp://a'],
    ['SIGNING_KEYS', 'k1:short'],
    ['SIGNING_KEYS', 'no secret at all'],
    ['SIGNING_KEYS', 'k1:0123456789abcdef,k1:0123456789abcdef'],
    ['AUTH', 'on'],
    ['AUTH_JWT_SECRET', 'short'],
    ['LOG_LEVEL', 'loud'],
  ])('has no %s of "%s"', (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} must be .+, for example .+; .+\\.$`));
  });

  it('has no key of its own to sign with, and says how to make one', () => {
    expect(faultsOf({ SIGNING_KEYS: '' })).toEqual([
      expect.stringMatching(
        /^SIGNING_KEYS must be id:secret pairs .+, for example SIGNING_KEYS=k1:\$\(openssl rand -hex 32\); it is not set\.$/,
      ),
    ]);
  });

  it.each(['127.0.0.1', '::1', 'localhost'])(
    'refuses the key that was once the default, at %s as well',
    (HOST) => {
      for (const SIGNING_KEYS of [
        'dev:headcount-development',
        'k1:0123456789abcdef,old:headcount-development',
      ])
        expect(faultsOf({ HOST, SIGNING_KEYS })).toEqual([
          expect.stringMatching(/^SIGNING_KEYS must not contain .+ published .+openssl/),
        ]);
    },
  );

  it('shows no secret in a fault', () => {
    const faults = faultsOf({
      SIGNING_KEYS: 'k1:hush',
      AUTH_JWT_SECRET: 'hush',
      REDIS_URL: 'hush',
    });
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain('hush');
  });

  it('is held to the rules of the app as well', () => {
    const rule: ConfigRule<typeof settings> = ({ COLOUR }) =>
      COLOUR === 'green' ? 'COLOUR must not be green today.' : null;
    expect(faultsOf({ COLOUR: 'green' }, [rule])).toEqual(['COLOUR must not be green today.']);
    expect(faultsOf({ COLOUR: 'blue' }, [rule])).toHaveLength(1);
  });
});

describe('a deployment that others can reach', () => {
  const own = {
    AUTH: 'jwt',
    AUTH_JWT_SECRET: 'x'.repeat(32),
    SIGNING_KEYS: 'k1:0123456789abcdef',
  };

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.org', '::ffff:10.0.0.1'])(
    'at %s has callers who prove who they are',
    (HOST) => {
      const [auth, ...more] = faultsOf({ HOST });
      expect(auth).toMatch(
        /^AUTH must be jwt where HOST is not a loopback address .+: with AUTH=off/,
      );
      expect(more).toEqual([]);
      expect(faultsOf({ HOST, ...own })).toEqual([]);
    },
  );

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('is not one at %s', (HOST) => {
    expect(faultsOf({ HOST })).toEqual([]);
  });

  it('has a key to verify tokens with', () => {
    expect(faultsOf({ AUTH: 'jwt' })).toHaveLength(1);
  });
});

describe('the table of settings', () => {
  it('has a row for each, with its default', () => {
    const rows = describeSettings(settings);
    expect(rows).toHaveLength(Object.keys(settings).length);
    expect(rows).toContain(
      '| `TEST_PORT` | `4000` | Where the test listens. Must be a whole number from 0 to 65535. |',
    );
    for (const row of rows) expect(row.replaceAll('\\|', '').match(/\|/g)).toHaveLength(4);
  });
});
