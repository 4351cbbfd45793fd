import { loadConfig } from './load-config.js';
import { allowsOrigin, originPolicyOf, restSettings } from './origin-settings.js';

const SHOP = 'https://shop.example';
const policyOf = (host: string, CORS_ORIGINS?: string) => {
  const env = CORS_ORIGINS === undefined ? {} : { CORS_ORIGINS };
  return originPolicyOf(host, loadConfig(restSettings, env).CORS_ORIGINS);
};

describe('whose pages may ask', () => {
  it.each([
    ['those of this machine, on it alone', policyOf('127.0.0.1'), 'http://localhost:5173', true],
    ['those of its other address', policyOf('localhost'), 'http://[::1]:3000', true],
    ['no foreign one on this machine', policyOf('127.0.0.1'), 'https://a.example', false],
    ['none without an origin on this machine', policyOf('127.0.0.1'), 'null', false],
    ['none of this machine elsewhere', policyOf('0.0.0.0'), 'http://localhost:5173', false],
    ['none of this machine where some are listed', policyOf('::1', SHOP), 'http://[::1]', false],
    ['any, where * says so', policyOf('0.0.0.0', '*'), 'https://a.example', true],
    ['those listed', policyOf('127.0.0.1', `${SHOP}, https://b.example`), SHOP, true],
    ['no other where some are listed', policyOf('127.0.0.1', SHOP), 'https://a.example', false],
    ['not even the same host then', policyOf('0.0.0.0', SHOP), 'https://api.example', false],
    ['those of the same host', policyOf('0.0.0.0'), 'https://api.example', true],
    ['no other', policyOf('0.0.0.0'), SHOP, false],
    ['none without an origin', policyOf('0.0.0.0'), 'null', false],
  ])('%s', (_, policy, origin, isAllowed) => {
    expect(allowsOrigin(policy, origin, 'api.example')).toBe(isAllowed);
  });

  it.each(['https://a.example/', 'a.example', 'null', 'https://a.example,x', ''])(
    'is not said by %j',
    (origins) => {
      const load = () => policyOf('0.0.0.0', origins);
      if (origins === '') expect(load()).toEqual({ any: false, loopback: false, listed: [] });
      else expect(load).toThrow('CORS_ORIGINS must be origins separated by commas, or *');
    },
  );
});
