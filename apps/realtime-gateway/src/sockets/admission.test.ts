import type { OriginPolicy } from '@headcount/platform';
import { SUBPROTOCOL, admitUpgrade, isSocketUpgrade, type UpgradeAsked } from './admission.js';

const asked = (more: Partial<UpgradeAsked> = {}): UpgradeAsked => ({
  target: '/graphql',
  host: 'live.example.org',
  origin: undefined,
  subprotocols: SUBPROTOCOL,
  ...more,
});
const anyOrigin: OriginPolicy = { any: true, loopback: false, listed: [] };
const sameHost: OriginPolicy = { any: false, loopback: false, listed: [] };
const listed: OriginPolicy = { any: false, loopback: false, listed: ['https://shop.example.org'] };

describe('admitUpgrade', () => {
  it('lets in the right path with the right subprotocol', () => {
    expect(admitUpgrade(asked(), anyOrigin).ok).toBe(true);
    expect(admitUpgrade(asked({ target: '/graphql?v=ada%20l' }), anyOrigin).ok).toBe(true);
  });

  it.each([
    ['GET', '/graphql', 'websocket'],
    ['GET', '/graphql?v=ann', 'h2c, WebSocket'],
  ])('%s %s with the offer %s is for a socket', (method, url, upgrade) => {
    expect(isSocketUpgrade({ method, url, headers: { upgrade } })).toBe(true);
  });

  it.each([
    ['GET', '/graphql', 'h2c'],
    ['GET', '/graphql', ''],
    ['POST', '/graphql', 'websocket'],
    ['GET', '/', 'websocket'],
    ['GET', '/graphql/', 'websocket'],
    ['GET', '/graphqlx', 'websocket'],
    ['GET', '/other?x=/graphql', 'websocket'],
    ['GET', '//[', 'websocket'],
  ])('%s %s with the offer %j is not', (method, url, upgrade) => {
    expect(isSocketUpgrade({ method, url, headers: { upgrade } })).toBe(false);
  });

  it.each([undefined, '', 'graphql-ws', 'graphql-transport-wss'])(
    'refuses the subprotocols %p',
    (subprotocols) => {
      expect(admitUpgrade(asked({ subprotocols }), anyOrigin)).toEqual({
        ok: false,
        error: 'BAD_REQUEST',
      });
    },
  );

  it('finds the subprotocol among others', () => {
    expect(admitUpgrade(asked({ subprotocols: `graphql-ws, ${SUBPROTOCOL}` }), anyOrigin).ok).toBe(
      true,
    );
  });

  it('refuses a target that is no address', () => {
    expect(admitUpgrade(asked({ target: '//[' }), anyOrigin)).toEqual({
      ok: false,
      error: 'BAD_REQUEST',
    });
  });

  it.each([
    ['any', anyOrigin, 'https://evil.example', true],
    ['the same host', sameHost, 'https://live.example.org', true],
    ['the same host', sameHost, 'https://evil.example', false],
    ['the same host', sameHost, 'null', false],
    ['listed ones', listed, 'https://shop.example.org', true],
    ['listed ones', listed, 'https://live.example.org', false],
    ['listed ones', listed, 'http://shop.example.org', false],
  ])('with %s allowed decides on the origin (%#)', (_, policy, origin, letIn) => {
    expect(admitUpgrade(asked({ origin }), policy).ok).toBe(letIn);
  });

  it('lets in what sends no origin, for it is no browser', () => {
    expect(admitUpgrade(asked(), listed).ok).toBe(true);
  });
});
