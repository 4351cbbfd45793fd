import { createHmac } from 'node:crypto';
import { Keyring } from './keyring.js';

const one = { id: 'k1', secret: 'the first of two secrets' };
const two = { id: 'k2', secret: 'the second of two secrets' };

describe('a keyring', () => {
  it('signs with its first key, as HMAC-SHA-256 of RFC 2104', () => {
    const keyring = new Keyring([two, one]);
    expect(keyring.keyId).toBe('k2');
    const expected = createHmac('sha256', two.secret).update('a').digest();
    expect(keyring.sign('a')).toEqual(expected);
    expect(keyring.sign(Buffer.from('a'))).toEqual(expected);
  });

  it('verifies with each, so that keys rotate without a gap', () => {
    // In the order of docs/protocol.md: added second everywhere, moved to the front, the old one
    // dropped.
    const steps = [[one], [one, two], [two, one], [two]].map((keys) => new Keyring(keys));
    steps.slice(1).forEach((later, at) => {
      const earlier = steps[at] as Keyring;
      expect(later.verify(earlier.keyId, 'a', earlier.sign('a'))).toEqual({ ok: true });
      if (earlier.keyId === later.keyId || at > 0) {
        expect(earlier.verify(later.keyId, 'a', later.sign('a'))).toEqual({ ok: true });
      }
    });
  });

  it('tells an unknown key from a bad signature', () => {
    const keyring = new Keyring([one]);
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
    expect(() => new Keyring([])).toThrow(RangeError);
  });
});
