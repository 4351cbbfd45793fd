import { BlockList } from 'node:net';
import fc from 'fast-check';
import { authSettings } from '../config/auth-settings.js';
import { loadConfig } from '../config/load-config.js';
import { edgeSettings } from './edge-settings.js';

const { schema } = edgeSettings.TRUSTED_PROXIES;

describe('TRUSTED_PROXIES', () => {
  it('trusts nobody unless somebody is named', () => {
    const { TRUSTED_PROXIES } = loadConfig(edgeSettings, {});
    expect([TRUSTED_PROXIES.size, TRUSTED_PROXIES.trusts('127.0.0.1')]).toEqual([0, false]);
  });

  it('takes addresses and networks of both families', () => {
    const { size, trusts } = schema.parse('10.1.0.0/16, 192.0.2.7,2001:db8::/32,::1');
    expect(size).toBe(4);
    const asked = [
      '10.1.255.255',
      '10.2.0.0',
      '192.0.2.7',
      '192.0.2.8',
      '2001:db8:9::1',
      '::1',
      '::2',
      'x',
    ];
    expect(asked.map(trusts)).toEqual([true, false, true, false, true, true, false, false]);
  });

  it('holds the addresses of IPv4 that a list of Node holds', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const address = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
    const bits = fc.integer({ min: 1, max: 32 });
    fc.assert(
      fc.property(address, address, bits, (network, ip, length) => {
        const list = new BlockList();
        list.addSubnet(network, length, 'ipv4');
        const { trusts } = schema.parse(`${network}/${length}`);
        expect(trusts(ip)).toBe(list.check(ip, 'ipv4'));
        expect(trusts(network)).toBe(true);
      }),
    );
    expect(['', 'x', '10.0.0', 'localhost'].map(schema.parse('0.0.0.0/8').trusts)).toEqual([
      ...[false, false, false, false],
    ]);
  });

  it.each([
    ...['0.0.0.0/0', '::/0', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0/8', 'proxy.example.org'],
    ...[
      '10.0.0.1,,10.0.0.2',
      '::ffff:10.0.0.0/104',
      'none,10.0.0.1',
      '10.0.0.0/08',
      'fe80::1%eth0',
    ],
  ])('does not take %p', (raw) => {
    expect(schema.safeParse(raw).success).toBe(false);
  });
});

describe('PROXY_PROTOCOL', () => {
  it('is on for named proxies alone', () => {
    expect(() => loadConfig(edgeSettings, { PROXY_PROTOCOL: 'on' })).toThrow(
      'TRUSTED_PROXIES must name the proxies where PROXY_PROTOCOL is on, for example 10.0.0.0/24: ' +
        'a header of the PROXY protocol is taken from them alone.',
    );
    const env = { PROXY_PROTOCOL: 'on', TRUSTED_PROXIES: '10.0.0.0/24' };
    expect(loadConfig(edgeSettings, env).PROXY_PROTOCOL).toBe('on');
  });

  it('is not on where AUTH is off', () => {
    const settings = { ...edgeSettings, ...authSettings };
    const env = { PROXY_PROTOCOL: 'on', TRUSTED_PROXIES: '127.0.0.1' };
    expect(() => loadConfig(settings, env)).toThrow(/^AUTH must be jwt where PROXY_PROTOCOL is on/);
  });
});
