import { MAC_BYTES, withMac, type DatagramRoute } from './datagram.js';
import { decodeDatagram } from './datagram-decode.js';
import { encodeFeedDatagrams, encodeHave } from './datagram-encode.js';
import { parseInstanceId, type InstanceId } from './instance-id.js';
import { err, ok } from '@headcount/crdt';

const idOf = (digit: string): InstanceId => {
  const parsed = parseInstanceId(digit.repeat(32));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const route: DatagramRoute = { keyId: 'k1', sender: idOf('a'), receiver: idOf('b') };
const mac = new Uint8Array(MAC_BYTES);
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const HEAD = `4843010102${'6b31'}${'aa'.repeat(16)}${'bb'.repeat(16)}0000000000000009`;
const feedOf = (body: string): Uint8Array => withMac(bytesOf(HEAD + body), mac);
const ENTRY = '0161' + '02' + '03';

describe('the layout of docs/protocol.md', () => {
  it('is that of a feed', () => {
    const section = {
      bucket: 300,
      from: 1,
      to: 2,
      entries: [{ key: 'a', value: { viewers: 2, connections: 3 }, version: 2 }],
    };
    const [unsigned = new Uint8Array()] = encodeFeedDatagrams(route, [section], () => 9);
    expect(hex(unsigned)).toBe(`${HEAD}ac02${'01'}${'02'}${'01'}${ENTRY}`);
  });

  it('is that of a have', () => {
    const unsigned = encodeHave(route, 9, 8, [{ bucket: 300, stored: 2 }]);
    expect(hex(unsigned)).toBe(`${HEAD.replace('48430101', '48430102')}08ac0202`);
  });
});

describe('a datagram', () => {
  const accepted = (bytes: Uint8Array): unknown => {
    const decoded = decodeDatagram(bytes, () => ok());
    return decoded.ok ? 'accepted' : decoded.error;
  };

  it.each([
    ['accepted', feedOf(`07000101${ENTRY}`), 'as it should be'],
    ['accepted', feedOf('07000100'), 'with an interval in which nothing is left to say'],
    ['malformed', feedOf(''), 'without a section'],
    ['malformed', feedOf(`07010101${ENTRY}`), 'whose interval ends where it begins'],
    ['malformed', feedOf(`07020101${ENTRY}`), 'whose interval ends before it begins'],
    ['malformed', feedOf(`07000102${ENTRY}`), 'with fewer entries than it says'],
    ['malformed', feedOf(`07000101${ENTRY}00`), 'with a byte too many'],
    ['malformed', feedOf(`07000101${'0120'}0203`), 'with a page id that is none'],
    ['malformed', feedOf(`07000101${'00'}0203`), 'with an empty page id'],
    ['malformed', feedOf(`07000101${'01ff'}0203`), 'with a page id that is not UTF-8'],
    ['malformed', feedOf('0700ffffffffffffff7f00'), 'with a number past 2^53 - 1'],
    ['malformed', withMac(bytesOf(HEAD.replace('48430101', '48430103')), mac), 'of no known type'],
    ['malformed', withMac(bytesOf(HEAD.replace('4843', '4844')), mac), 'of somebody else'],
    ['malformed', withMac(bytesOf('4843010100'), mac), 'without a key id'],
    ['malformed', withMac(bytesOf('4843010111' + '61'.repeat(60)), mac), 'with too long a key id'],
    ['malformed', new Uint8Array(31), 'shorter than a signature'],
    ['malformed', new Uint8Array(0), 'of no bytes'],
    [
      'unknown_version',
      withMac(bytesOf(HEAD.replace('484301', '484302')), mac),
      'of another version',
    ],
    ['too_long', new Uint8Array(1201), 'of 1,201 bytes'],
  ])('is %s: %#', (outcome, bytes, why) => {
    expect([why, accepted(bytes)]).toEqual([why, outcome]);
  });

  it('asks for its signature before its body is looked at', () => {
    const broken = feedOf('ffff');
    for (const error of ['unknown_key', 'bad_signature'] as const) {
      expect(decodeDatagram(broken, () => err(error))).toEqual({ ok: false, error });
    }
  });

  it('gives out the key, the signed bytes and the signature', () => {
    const signature = new Uint8Array(MAC_BYTES).fill(9);
    const unsigned = encodeHave(route, 1, 1, []);
    decodeDatagram(withMac(unsigned, signature), (keyId, signed, given) => {
      expect([keyId, hex(signed), hex(given)]).toEqual(['k1', hex(unsigned), hex(signature)]);
      return ok();
    });
    expect.assertions(1);
  });
});

describe('what no sender may state', () => {
  const entry = (version: number) => ({ key: 'a', value: { viewers: 1, connections: 1 }, version });
  const encode = (from: number, to: number, versions: number[], key = 'a') =>
    encodeFeedDatagrams(
      route,
      [{ bucket: 1, from, to, entries: versions.map((version) => ({ ...entry(version), key })) }],
      () => 1,
    );

  it.each([
    ['an interval that ends where it begins', () => encode(1, 1, [])],
    ['entries at or before its start', () => encode(1, 2, [1])],
    ['entries after its end', () => encode(1, 2, [3])],
    ['entries that do not rise', () => encode(1, 9, [3, 3])],
    ['an empty key', () => encode(1, 2, [2], '')],
    ['a key of 257 bytes', () => encode(1, 2, [2], 'x'.repeat(257))],
    ['a key id of 17 bytes', () => encodeHave({ ...route, keyId: 'x'.repeat(17) }, 1, 1, [])],
    ['a number below 0', () => encodeHave(route, -1, 1, [])],
    ['a short signature', () => withMac(new Uint8Array(1), new Uint8Array(31))],
  ])('is a mistake: %s', (_, act) => {
    expect(act).toThrow(RangeError);
  });
});
