import { ConfigError } from '@headcount/platform';
import { TEST_SIGNING_KEYS } from '@headcount/testing';
import { loadGatewayConfig, originPolicy } from './gateway-settings.js';

const load = (env: Record<string, string>) =>
  loadGatewayConfig({ SIGNING_KEYS: TEST_SIGNING_KEYS, ...env });

function faults(env: Record<string, string>): readonly string[] {
  try {
    load(env);
    return [];
  } catch (cause) {
    if (cause instanceof ConfigError) return cause.faults;
    throw cause;
  }
}

const exposed = {
  HOST: '0.0.0.0',
  INTERNAL_HOST: '0.0.0.0',
  GATEWAY_URL: 'http://10.0.0.7:4101',
  AUTH: 'jwt',
  AUTH_JWT_SECRET: 'x'.repeat(32),
  SIGNING_KEYS: 'k1:a-secret-of-our-own-making',
};

describe('settings of the gateway', () => {
  it('has defaults that find a vanished socket in time', () => {
    const { PING_INTERVAL_MS, PONG_TIMEOUT_MS } = load({});
    expect(PING_INTERVAL_MS + PONG_TIMEOUT_MS).toBeLessThanOrEqual(15_000);
  });

  it('refuses times that would count a vanished viewer for too long', () => {
    expect(faults({ PING_INTERVAL_MS: '9000', PONG_TIMEOUT_MS: '9000' })).toEqual([
      expect.stringContaining('they are 18000'),
    ]);
  });

  it('wants an address for pushes where it listens on all of them', () => {
    expect(faults(exposed)).toEqual([]);
    expect(faults({ ...exposed, GATEWAY_URL: '' })).toEqual([
      expect.stringContaining('GATEWAY_URL must be set'),
    ]);
  });

  it('lets in pages of this machine on a loopback address, elsewhere those listed', () => {
    expect(originPolicy(load({}))).toEqual({ any: false, loopback: true, listed: [] });
    expect(originPolicy(load({ ORIGINS: 'https://a.example' })).loopback).toBe(false);
    expect(originPolicy(load(exposed))).toEqual({ any: false, loopback: false, listed: [] });
    expect(originPolicy(load({ ...exposed, ORIGINS: '*' })).any).toBe(true);
  });

  it.each(['https://a.example/shop', 'a.example', 'https://a.example,x'])(
    'refuses the origins %s',
    (origins) => {
      expect(faults({ ORIGINS: origins })).toEqual([expect.stringContaining('ORIGINS must be')]);
    },
  );

  it('takes addresses without a slash at their end', () => {
    expect(load({ GATEWAY_URL: 'http://10.0.0.7:4001/' }).GATEWAY_URL).toBe('http://10.0.0.7:4001');
  });

  it('bounds a drain, so that a stop is over in ten seconds', () => {
    expect(faults({ DRAIN_MS: '6000' })).toEqual([]);
    expect(faults({ DRAIN_MS: '6001' })).toEqual([
      expect.stringContaining('DRAIN_MS must be a whole number from 0 to 6000'),
    ]);
  });

  it('has safe defaults for what strangers may ask', () => {
    expect(load({})).toMatchObject({
      MESSAGE_BYTES_MAX: 65_536,
      MESSAGES_PER_SECOND_MAX: 100,
      OPERATIONS_PER_SOCKET_MAX: 1000,
      INIT_TIMEOUT_MS: 3000,
      HEADERS_TIMEOUT_MS: 10_000,
      REQUEST_TIMEOUT_MS: 30_000,
      GRAPHQL_TOKENS_MAX: 5000,
      GRAPHQL_DEPTH_MAX: 8,
      GRAPHQL_ALIASES_MAX: 200,
      GRAPHQL_COST_MAX: 25_000,
    });
  });
});
