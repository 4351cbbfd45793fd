import { createHmac, hkdfSync } from 'node:crypto';
import { Keyring, deriveKey } from './keyring.js';
import { SIGNING_ROLES, signingKeysField, type SigningKey } from './signing-keys.js';

const one = { id: 'k1', secret: 'the first of two secrets' };
const ringOf = (keys: readonly SigningKey[]): Keyring => new Keyring(keys, 'gateway');
const two = { id: 'k2', secret: 'the second of two secrets' };

describe('a keyring', () => {
  it('signs with what HKDF derives from its first key, as HMAC-SHA-256 of RFC 2104', () => {
    const keyring = ringOf([two, one]);
    expect(keyring.keyId).toBe('k2');
    const key = new Uint8Array(hkdfSync('sha256', two.secret, '', 'headcount gateway', 32));
    const expected = createHmac('sha256', key).update('a').digest();
    expect(keyring.sign('a')).toEqual(expected);
    expect(keyring.sign(Buffer.from('a'))).toEqual(expected);
  });

  it('verifies with each, so that keys rotate without a gap', () => {
    // In the order of docs/protocol.md: added second everywhere, moved to the front, the old one
    // dropped.
    const steps = [[one], [one, two], [two, one], [two]].map(ringOf);
    steps.slice(1).forEach((later, at) => {
      const earlier = steps[at] as Keyring;
      expect(later.verify(earlier.keyId, 'a', earlier.sign('a'))).toEqual({ ok: true });
      if (earlier.keyId === later.keyId || at > 0) {
        expect(earlier.verify(later.keyId, 'a', later.sign('a'))).toEqual({ ok: true });
      }
    });
  });

  it('tells an unknown key from a bad signature', () => {
    const keyring = ringOf([one]);
    const mac = keyring.sign('a');
    expect(keyring.verify('k2', 'a', mac)).toEqual({ ok: false, error: 'unknown_key' });
    expect(keyring.verify('k1', 'b', mac)).toEqual({ ok: false, error: 'bad_signature' });
    expect(keyring.verify('k1', 'a', mac.subarray(1))).toEqual({
      ok: false,
      error: 'bad_signature',
    });
    expect(keyring.verify('k1', 'a', Buffer.alloc(0))).toEqual({
      ok: false,
      error: 'bad_signature',
    });
  });

  it('needs a key', () => {
    expect(() => ringOf([])).toThrow(RangeError);
  });
});

describe('the key of a role', () => {
  const derived = (role: (typeof SIGNING_ROLES)[number], { id, secret } = one): SigningKey => ({
    ...{ id, role, secret: deriveKey(secret, role).toString('hex') },
  });

  it('is no good in another role', () => {
    for (const role of SIGNING_ROLES) {
      const { keyId, ...mac } = { keyId: 'k1', bytes: new Keyring([one], role).sign('a') };
      const takers = SIGNING_ROLES.filter(
        (other) => new Keyring([one], other).verify(keyId, 'a', mac.bytes).ok,
      );
      expect(takers).toEqual([role]);
    }
  });

  it('speaks as the secret does in that role, and in no other', () => {
    const stolen = [derived('gateway')];
    const mac = new Keyring(stolen, 'gateway').sign('a');
    expect(ringOf([one]).verify('k1', 'a', mac)).toEqual({ ok: true });
    expect(() => new Keyring(stolen, 'region')).toThrow('region');
    // Nor does the derived key pass for a secret from which the key of another role is derived.
    const forged = new Keyring([{ id: 'k1', secret: stolen[0]?.secret ?? '' }], 'region').sign('a');
    expect(new Keyring([one], 'region').verify('k1', 'a', forged).ok).toBe(false);
  });

  it('is written with the role after the id, each id once in a role', () => {
    const text = (key: SigningKey): string => `${key.id}.${key.role}:${key.secret}`;
    const [gateway, cursor] = [derived('gateway'), derived('cursor')];
    const read = (raw: string) => signingKeysField.safeParse(raw);
    expect(read(`${text(gateway)}, ${text(cursor)}`).data).toEqual([gateway, cursor]);
    const wrong = [
      `${text(gateway)},${text(gateway)}`,
      `${text(gateway)},k1:0123456789abcdef`,
      text(gateway).replace('gateway', 'operator'),
      `${text(gateway)}0`,
    ];
    expect(wrong.filter((raw) => read(raw).success)).toEqual([]);
    expect(read(`${text(gateway)},k2:0123456789abcdef`).success).toBe(true);
  });
});
