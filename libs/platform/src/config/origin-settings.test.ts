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

  it.each([
    ['a slash at the end', 'https://shop.example/', SHOP, true],
    ['capitals', 'HTTPS://Shop.Example', SHOP, true],
    ['capitals in the request', SHOP, 'https://SHOP.example', true],
    ['the usual port', 'https://shop.example:443', SHOP, true],
    ['the usual port in the request', SHOP, 'https://shop.example:443', true],
    ['another port', 'https://shop.example:8443', SHOP, false],
    ['another scheme', 'http://shop.example', SHOP, false],
    ['a name of another script', 'https://bücher.example', 'https://xn--bcher-kva.example', true],
    ['its ASCII form', 'https://xn--bcher-kva.example', 'https://bücher.example', true],
    ['the pages of an app', 'capacitor://localhost, ionic://App', 'ionic://app', true],
    ['those of an extension', 'chrome-extension://abcdef', 'chrome-extension://abcdef', true],
    ['an IPv6 address', 'http://[0:0::1]:80', 'http://[::1]', true],
    ['a path in the request', SHOP, 'https://shop.example/a', false],
    ['two in the request', SHOP, 'https://shop.example, https://b.example', false],
  ])('are compared as origins: %s', (_, listed, origin, isAllowed) => {
    expect(allowsOrigin(policyOf('0.0.0.0', listed), origin, 'api.example')).toBe(isAllowed);
  });

  it.each([
    ['https://api.example', 'api.example:443', true],
    ['https://api.example', 'API.example', true],
    ['http://api.example', 'api.example:80', true],
    ['https://api.example', 'api.example:80', false],
    ['http://api.example:443', 'api.example:443', true],
    ['https://api.example', undefined, false],
    ['https://api.example', 'api.example:x', false],
  ])('%s is of the host %s: %p', (origin, host, isAllowed) => {
    expect(allowsOrigin(policyOf('0.0.0.0'), origin, host)).toBe(isAllowed);
  });

  it.each([
    'https://*.a.example',
    'https://a.example/shop',
    'https://a.example?x',
    'a.example',
    'null',
    'https://a.example,x',
    'wss://a.example',
    'file:///',
    'https://ann@a.example',
    '',
  ])('is not said by %j', (origins) => {
    const load = () => policyOf('0.0.0.0', origins);
    if (origins === '') expect(load()).toEqual({ any: false, loopback: false, listed: [] });
    else expect(load).toThrow('CORS_ORIGINS must be origins separated by commas, or *');
  });
});
