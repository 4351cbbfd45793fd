import {
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { MAC_BYTES, err, ok, type Result } from '@headcount/protocol';
import { isOfRole, type SigningKey, type SigningRole } from './signing-keys.js';

/** Why a signature is not that of a key. */
export type BadMac = 'unknown_key' | 'bad_signature';

/**
 * HMAC-SHA-256 with the keys that a deployment has for one role: the first signs, each verifies, so
 * that keys can rotate.
 */
export class Keyring {
  /** The id of the key that signs. */
  readonly keyId: string;
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly underived: ReadonlyMap<string, KeyObject>;
  private readonly signer: KeyObject;

  /** Throws RangeError without a key of the role. */
  constructor(all: readonly SigningKey[], role: SigningRole) {
    const keys = all.filter((key) => isOfRole(key, role));
    const [first] = keys;
    if (first === undefined) throw new RangeError(`a keyring needs a key of the role ${role}`);
    this.keyId = first.id;
    this.signer = keyOf(first, role);
    this.keys = new Map(keys.map((key) => [key.id, keyOf(key, role)]));
    this.underived = new Map(
      keys.filter((key) => key.role === undefined).map(({ id, secret }) => [id, rawKey(secret)]),
    );
  }

  /** The 32 bytes of the signature under the first key. */
  sign(input: string | Uint8Array): Buffer {
    return hmac(this.signer, input);
  }

  /** The signature under the key of that id, or null where there is none. */
  signAs(keyId: string, input: string | Uint8Array): Buffer | null {
    const key = this.keys.get(keyId);
    return key === undefined ? null : hmac(key, input);
  }

  /**
   * Whether `mac` is the signature of `input` under the key. How long it takes tells nothing of the
   * bytes.
   */
  verify(keyId: string, input: string | Uint8Array, mac: Uint8Array): Result<void, BadMac> {
    return verified(this.keys.get(keyId), input, mac);
  }

  /** The same with the secret itself, as versions before key derivation signed. Never for requests. */
  verifyUnderived(
    keyId: string,
    input: string | Uint8Array,
    mac: Uint8Array,
  ): Result<void, BadMac> {
    return verified(this.underived.get(keyId), input, mac);
  }
}

/** HKDF-SHA-256 (RFC 5869) of the secret, without salt, `info` naming the role. 32 bytes. */
export const deriveKey = (secret: string, role: SigningRole): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `headcount ${role}`, 32));

const rawKey = (secret: string): KeyObject => createSecretKey(secret, 'utf8');

const keyOf = (key: SigningKey, role: SigningRole): KeyObject =>
  createSecretKey(
    key.role === undefined ? deriveKey(key.secret, role) : Buffer.from(key.secret, 'hex'),
  );

const hmac = (key: KeyObject, input: string | Uint8Array): Buffer =>
  createHmac('sha256', key).update(input).digest();

function verified(
  key: KeyObject | undefined,
  input: string | Uint8Array,
  mac: Uint8Array,
): Result<void, BadMac> {
  if (key === undefined) return err('unknown_key');
  const good = mac.length === MAC_BYTES && timingSafeEqual(hmac(key, input), mac);
  return good ? ok() : err('bad_signature');
}
