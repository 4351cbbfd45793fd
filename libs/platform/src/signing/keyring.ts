import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { MAC_BYTES, err, ok, type Result } from '@headcount/protocol';
import type { SigningKey } from './signing-keys.js';

/**
 * HMAC-SHA-256 with the keys of a deployment: the first signs, each verifies, so that keys can
 * rotate.
 */
export class Keyring {
  /** The id of the key that signs. */
  readonly keyId: string;
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly signer: KeyObject;

  /** Throws RangeError without a key. */
  constructor(keys: readonly SigningKey[]) {
    const [first] = keys;
    if (first === undefined) throw new RangeError('a keyring needs a key');
    this.keyId = first.id;
    this.signer = secretKey(first);
    this.keys = new Map(keys.map((key) => [key.id, secretKey(key)]));
  }

  /** The 32 bytes of the signature under the first key. */
  sign(input: string | Uint8Array): Buffer {
    return hmac(this.signer, input);
  }

  /**
   * Whether `mac` is the signature of `input` under the key. How long it takes tells nothing of the
   * bytes.
   */
  verify(
    keyId: string,
    input: string | Uint8Array,
    mac: Uint8Array,
  ): Result<void, 'unknown_key' | 'bad_signature'> {
    const key = this.keys.get(keyId);
    if (key === undefined) return err('unknown_key');
    const good = mac.length === MAC_BYTES && timingSafeEqual(hmac(key, input), mac);
    return good ? ok() : err('bad_signature');
  }
}

const secretKey = ({ secret }: SigningKey): KeyObject => createSecretKey(secret, 'utf8');

const hmac = (key: KeyObject, input: string | Uint8Array): Buffer =>
  createHmac('sha256', key).update(input).digest();
