/**
 * Goal    a PROXY header is read whole or not at all, wherever its bytes are cut, and nothing else is taken for one.
 * Method  headers of both versions, cut and changed at random.
 */
import fc from 'fast-check';
import { PROXY_HEADER_BYTES_MAX, readProxyHeader } from './proxy-header.js';
import { binaryHeader, binaryV4 } from './testing/proxy-headers.js';

const TEXT = Buffer.from('PROXY TCP4 198.51.100.1 203.0.113.9 1234 443\r\n');
const addresses6 = Buffer.concat([
  Buffer.from('20010db8000700000000000000000001', 'hex'),
  Buffer.from('20010db8000000000000000000000009', 'hex'),
  Buffer.from([4, 210, 1, 187]),
]);
const request = Buffer.from('GET / HTTP/1.1\r\n\r\n');

const headers: readonly (readonly [string, Buffer, string | null])[] = [
  ['v1 TCP4', TEXT, '198.51.100.1'],
  ['v1 TCP6', Buffer.from('PROXY TCP6 2001:DB8:7::1 2001:db8::9 1234 443\r\n'), '2001:db8:7::1'],
  ['v1 UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n'), null],
  ['v1 UNKNOWN with more', Buffer.from('PROXY UNKNOWN ffff::1 what ever\r\n'), null],
  ['v2 TCP over IPv4', binaryV4('198.51.100.1'), '198.51.100.1'],
  [
    'v2 with more said',
    binaryV4('198.51.100.1', Buffer.from('030004a9b8c7d6', 'hex')),
    '198.51.100.1',
  ],
  ['v2 TCP over IPv6', binaryHeader(0x21, 0x21, addresses6), '2001:db8:7::1'],
  ['v2 LOCAL', binaryHeader(0x20, 0x00, Buffer.alloc(0)), null],
  ['v2 LOCAL with addresses', binaryHeader(0x20, 0x11, Buffer.alloc(12, 1)), null],
  ['v2 of no family', binaryHeader(0x21, 0x00, Buffer.alloc(0)), null],
  ['v2 of a UNIX socket', binaryHeader(0x21, 0x31, Buffer.alloc(216)), null],
];

describe('a PROXY header', () => {
  it.each(headers)('%s is read, and what follows it is not', (_, bytes, source) => {
    const whole = { kind: 'header', bytes: bytes.length, source };
    expect(readProxyHeader(bytes)).toEqual(whole);
    expect(readProxyHeader(Buffer.concat([bytes, request]))).toEqual(whole);
  });

  it('is partial wherever it is cut', () => {
    for (const [, bytes] of headers)
      for (let length = 0; length < bytes.length; length += 1)
        expect(readProxyHeader(bytes.subarray(0, length))).toEqual({ kind: 'partial' });
  });

  it.each<[string, Buffer | string]>([
    ['a request', request],
    ['TLS', Buffer.from('160301', 'hex')],
    ['lower case', 'proxy TCP4 198.51.100.1 203.0.113.9 1 2\r\n'],
    ['another family', 'PROXY TCP5 198.51.100.1 203.0.113.9 1 2\r\n'],
    ['a family of its own', 'PROXY UNKNOWNS\r\n'],
    ['the wrong family', 'PROXY TCP4 2001:db8::1 2001:db8::9 1 2\r\n'],
    ['the wrong family too', 'PROXY TCP6 198.51.100.1 203.0.113.9 1 2\r\n'],
    ['two spaces', 'PROXY TCP4  198.51.100.1 203.0.113.9 1 2\r\n'],
    ['a port too many', 'PROXY TCP4 198.51.100.1 203.0.113.9 1 2 3\r\n'],
    ['a port too few', 'PROXY TCP4 198.51.100.1 203.0.113.9 1\r\n'],
    ['a port too high', 'PROXY TCP4 198.51.100.1 203.0.113.9 1 65536\r\n'],
    ['a port with a zero', 'PROXY TCP4 198.51.100.1 203.0.113.9 01 2\r\n'],
    ['no target', 'PROXY TCP4 198.51.100.1 x 1 2\r\n'],
    ['a zone', 'PROXY TCP6 fe80::1%eth0 fe80::2 1 2\r\n'],
    ['version 3', binaryHeader(0x31, 0x11, Buffer.alloc(12))],
    ['another command', binaryHeader(0x22, 0x11, Buffer.alloc(12))],
    ['a family that there is not', binaryHeader(0x21, 0x41, Buffer.alloc(216))],
    ['a transport that there is not', binaryHeader(0x21, 0x13, Buffer.alloc(12))],
    ['addresses cut short', binaryHeader(0x21, 0x21, Buffer.alloc(35))],
  ])('is not %s', (_, bytes) => {
    expect(readProxyHeader(Buffer.from(bytes))).toEqual({ kind: 'malformed' });
  });

  it('has a longest length', () => {
    const oversized = { kind: 'oversized' };
    expect(readProxyHeader(Buffer.from('PROXY UNKNOWN '.padEnd(106, 'x')))).toEqual({
      kind: 'partial',
    });
    expect(readProxyHeader(Buffer.from('PROXY UNKNOWN '.padEnd(107, 'x')))).toEqual(oversized);
    const most = PROXY_HEADER_BYTES_MAX - 16 - 12;
    expect(readProxyHeader(binaryV4('192.0.2.7', Buffer.alloc(most))).kind).toBe('header');
    // Its length alone tells, before the rest has come.
    expect(readProxyHeader(binaryV4('192.0.2.7', Buffer.alloc(most + 1)).subarray(0, 16))).toEqual(
      oversized,
    );
  });

  it('never fails over random bytes, and is never longer than them', () => {
    const start = fc.constantFrom(...headers.map(([, bytes]) => bytes), Buffer.alloc(0));
    const at = fc.nat({ max: 60 });
    fc.assert(
      fc.property(start, at, fc.uint8Array({ maxLength: 80 }), (bytes, cut, rest) => {
        const mixed = Buffer.concat([bytes.subarray(0, cut), rest]);
        const header = readProxyHeader(mixed);
        if (header.kind === 'header') expect(header.bytes).toBeLessThanOrEqual(mixed.length);
      }),
      { numRuns: 1000 },
    );
  });
});
