/**
 * Goal    the address of a client is that of the connection, or what a trusted proxy wrote; a stranger's text never counts.
 * Method  a table of what arrives, and random forgeries in front of what a proxy appends.
 */
import fc from 'fast-check';
import { clientAddress, type ForwardingHeaders } from './client-address.js';
import { edgeSettings } from './edge-settings.js';

const { trusts } = edgeSettings.TRUSTED_PROXIES.schema.parse('10.0.0.0/8, 2001:db8:0:1::/64');
const rules = { trusts, header: 'any' } as const;
const of = (peer: string, headers: ForwardingHeaders): string =>
  clientAddress(peer, headers, rules);
const xff = (text: string): ForwardingHeaders => ({ 'x-forwarded-for': text });

describe('the address of a client', () => {
  it.each<[string, string, ForwardingHeaders, string]>([
    ['nobody is trusted', '203.0.113.9', xff('198.51.100.1'), '203.0.113.9'],
    [
      'nobody is trusted, Forwarded',
      '203.0.113.9',
      { forwarded: 'for=198.51.100.1' },
      '203.0.113.9',
    ],
    ['no header', '10.0.0.1', {}, '10.0.0.1'],
    ['an empty header', '10.0.0.1', xff(''), '10.0.0.1'],
    ['one hop', '10.0.0.1', xff('198.51.100.1'), '198.51.100.1'],
    ['a forged first', '10.0.0.1', xff('1.1.1.1, 198.51.100.1'), '198.51.100.1'],
    ['a forged trusted first', '10.0.0.1', xff('10.9.9.9, 198.51.100.1'), '198.51.100.1'],
    ['two proxies', '10.0.0.1', xff('1.1.1.1, 198.51.100.1, 10.0.0.2'), '198.51.100.1'],
    ['proxies alone', '10.0.0.1', xff('10.0.0.3, 10.0.0.2'), '10.0.0.3'],
    [
      'more proxies than are followed',
      '10.0.0.1',
      xff('1.1.1.1,'.repeat(9) + '10.0.0.2,'.repeat(40) + '10.0.0.3'),
      '10.0.0.2',
    ],
    ['a peer that is mapped', '::ffff:10.0.0.1', xff('198.51.100.1'), '198.51.100.1'],
    ['a hop that is mapped', '10.0.0.1', xff('1.1.1.1, ::ffff:10.0.0.2'), '1.1.1.1'],
    ['a proxy of IPv6', '2001:db8:0:1::5', xff('2001:DB8:7::1'), '2001:db8:7::1'],
    ['a neighbour of it', '2001:db8:0:2::5', xff('198.51.100.1'), '2001:db8:0:2::5'],
    ['a port', '10.0.0.1', xff('198.51.100.1:4711'), '198.51.100.1'],
    ['brackets and a port', '10.0.0.1', xff('[2001:db8:7::1]:4711'), '2001:db8:7::1'],
    ['brackets', '10.0.0.1', xff('[2001:db8:7::1]'), '2001:db8:7::1'],
    [
      'several lines',
      '10.0.0.1',
      { 'x-forwarded-for': ['1.1.1.1', '198.51.100.1'] },
      '198.51.100.1',
    ],
    // What is no address ends the walk at the hop that wrote it.
    ['unknown', '10.0.0.1', xff('1.1.1.1, unknown'), '10.0.0.1'],
    ['unknown behind a proxy', '10.0.0.1', xff('1.1.1.1, unknown, 10.0.0.2'), '10.0.0.2'],
    ['garbage', '10.0.0.1', xff("1.1.1.1, '; DROP"), '10.0.0.1'],
    ['an open end', '10.0.0.1', xff('198.51.100.1,'), '10.0.0.1'],
    ['octal', '10.0.0.1', xff('0300.0.2.7'), '10.0.0.1'],
    ['a zone', '10.0.0.1', xff('fe80::1%eth0'), '10.0.0.1'],
    ['an odd port', '10.0.0.1', xff('198.51.100.1:x'), '10.0.0.1'],
    ['an odd bracket', '10.0.0.1', xff('[2001:db8:7::1'), '10.0.0.1'],
    ['IPv4 in brackets', '10.0.0.1', xff('[198.51.100.1]'), '10.0.0.1'],
    // RFC 7239.
    [
      'a token',
      '10.0.0.1',
      { forwarded: 'for=198.51.100.1;proto=https;by=10.0.0.1' },
      '198.51.100.1',
    ],
    ['case and quotes', '10.0.0.1', { forwarded: 'For="[2001:DB8:7::1]:47"' }, '2001:db8:7::1'],
    ['two elements', '10.0.0.1', { forwarded: 'for=1.1.1.1, for=198.51.100.1' }, '198.51.100.1'],
    ['two proxies of it', '10.0.0.1', { forwarded: 'for=8.8.8.8,for="10.0.0.2:80"' }, '8.8.8.8'],
    ['no for', '10.0.0.1', { forwarded: 'for=1.1.1.1, proto=http' }, '10.0.0.1'],
    ['two for', '10.0.0.1', { forwarded: 'for=1.1.1.1;for=2.2.2.2' }, '10.0.0.1'],
    ['hidden', '10.0.0.1', { forwarded: 'for=1.1.1.1, for=_hidden' }, '10.0.0.1'],
    ['an open quote', '10.0.0.1', { forwarded: 'for="1.1.1.1, for=198.51.100.1' }, '10.0.0.1'],
    [
      'commas in quotes',
      '10.0.0.1',
      { forwarded: 'for=1.1.1.1;x="a, for=2.2.2.2", for=3.3.3.3' },
      '3.3.3.3',
    ],
    ['an escape', '10.0.0.1', { forwarded: 'x="\\", for=1.1.1.1", for=3.3.3.3' }, '3.3.3.3'],
    [
      'odd elements of strangers',
      '10.0.0.1',
      { forwarded: ';;=, for=198.51.100.1' },
      '198.51.100.1',
    ],
    // One of two headers came through a proxy that does not know it.
    ['both agree', '10.0.0.1', { ...xff('::ffff:8.8.8.8'), forwarded: 'for=8.8.8.8' }, '8.8.8.8'],
    ['both disagree', '10.0.0.1', { ...xff('8.8.8.8'), forwarded: 'for=1.1.1.1' }, '10.0.0.1'],
  ])('%s', (_, peer, headers, address) => {
    expect(of(peer, headers)).toBe(address);
  });

  it.each([
    ['x-forwarded-for', '8.8.8.8'],
    ['forwarded', '1.1.1.1'],
  ] as const)('with %s named is what that header says', (header, address) => {
    const headers = { ...xff('8.8.8.8'), forwarded: 'for=1.1.1.1' };
    expect(clientAddress('10.0.0.1', headers, { trusts, header })).toBe(address);
  });

  const forged = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.stringMatching(/^[-for=",;\\:.[\]0-9 ]{0,60}$/),
    fc.constantFrom('for="', '10.0.0.9', 'for=10.0.0.9', '\\', '"', 'for=1.1.1.1;x="'),
  );
  it('is never what a stranger wrote before a proxy appended to it', () => {
    const appended = fc.constantFrom(
      '198.51.100.1',
      '"198.51.100.1:80"',
      '198.51.100.1;proto=http',
    );
    fc.assert(
      fc.property(forged, appended, (text, host) => {
        expect(of('10.0.0.1', xff(`${text}, 198.51.100.1`))).toBe('198.51.100.1');
        // An open quote takes the appended part with it; then it is the proxy's own address.
        expect(['198.51.100.1', '10.0.0.1']).toContain(
          of('10.0.0.1', { forwarded: `${text}, for=${host}` }),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('is the peer without trust, whatever the headers say', () => {
    fc.assert(
      fc.property(forged, forged, (one, two) => {
        expect(of('203.0.113.9', { ...xff(one), forwarded: two })).toBe('203.0.113.9');
      }),
    );
  });
});
