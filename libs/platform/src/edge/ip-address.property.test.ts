/**
 * Goal    one client is one key, whatever way its address is written, and no client has two.
 * Method  random addresses in every spelling that IPv6 allows.
 */
import fc from 'fast-check';
import { addressKey, ipOf } from './ip-address.js';

const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
const whole = (of: readonly number[]): string => of.map((group) => group.toString(16)).join(':');
const padded = (of: readonly number[]): string =>
  of.map((group) => group.toString(16).padStart(4, '0').toUpperCase()).join(':');

describe('ipOf', () => {
  it('spells an address of IPv6 in one way', () => {
    fc.assert(
      fc.property(groups, (of) => {
        expect(ipOf(padded(of))).toBe(ipOf(whole(of)));
        expect(ipOf(ipOf(whole(of)) ?? '')).toBe(ipOf(whole(of)));
      }),
    );
  });

  it.each([
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.07', null],
    ['fe80::1%eth0', null],
    ['localhost', null],
    ['', null],
  ])('takes %p for %p', (text, ip) => {
    expect(ipOf(text)).toBe(ip);
  });
});

describe('addressKey', () => {
  it('is one for all addresses of a /64, and another for those of another', () => {
    fc.assert(
      fc.property(groups, groups, (one, two) => {
        fc.pre(whole(one.slice(0, 6)) !== '0:0:0:0:0:ffff');
        const neighbour = [...one.slice(0, 4), ...two.slice(4)];
        fc.pre(whole(neighbour.slice(0, 6)) !== '0:0:0:0:0:ffff');
        expect(addressKey(whole(one))).toBe(`${whole(one.slice(0, 4))}::/64`);
        expect(addressKey(padded(neighbour))).toBe(addressKey(whole(one)));
      }),
    );
  });

  it('is that of IPv4 for an address of IPv4 that is mapped into IPv6', () => {
    fc.assert(
      fc.property(bytes, (of) => {
        expect(addressKey(`::ffff:${of.join('.')}`)).toBe(of.join('.'));
        expect(addressKey(of.join('.'))).toBe(of.join('.'));
      }),
    );
  });

  it.each([
    ['::1', '0:0:0:0::/64'],
    ['::1.2.3.4', '0:0:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['', ''],
  ])('of %p is %p', (text, key) => {
    expect(addressKey(text)).toBe(key);
  });
});
