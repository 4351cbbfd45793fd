/** Algorithms that tokens are signed with (RFC 7518, 8037, 9864), and the keys that go with them. */
import type { KeyObject } from 'node:crypto';

/** With a secret: whoever can verify can sign too. */
export const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;

const RSA_PSS = ['PS256', 'PS384', 'PS512'] as const;
const RSA = ['RS256', 'RS384', 'RS512', ...RSA_PSS] as const;

/** With a public key, which cannot sign. */
export const PUBLIC_KEY_ALGORITHMS = [
  ...RSA,
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

export type SecretAlgorithm = (typeof SECRET_ALGORITHMS)[number];
export type PublicKeyAlgorithm = (typeof PUBLIC_KEY_ALGORITHMS)[number];

/** All but `none`, which is no signature, so that no list of settings can name it. */
export type Algorithm = SecretAlgorithm | PublicKeyAlgorithm;

/** What is taken where no list is set. */
export const SECRET_ALGORITHMS_DEFAULT: readonly Algorithm[] = ['HS256'];
export const PUBLIC_KEY_ALGORITHMS_DEFAULT: readonly Algorithm[] = [
  'RS256',
  'ES256',
  'EdDSA',
  'PS256',
];

/** Shortest RSA key, in bits (RFC 7518, 3.3). */
const RSA_BITS_MIN = 2048;

const BY_CURVE: Readonly<Record<string, readonly PublicKeyAlgorithm[]>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
};

/** The algorithms that a public key can verify; none for a key that is too short or of no use. */
export function algorithmsOf(key: KeyObject): readonly PublicKeyAlgorithm[] {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return modulusLength >= RSA_BITS_MIN ? RSA : [];
    case 'rsa-pss':
      return modulusLength >= RSA_BITS_MIN ? RSA_PSS : [];
    case 'ec':
      return BY_CURVE[namedCurve] ?? [];
    case 'ed25519':
      return ['EdDSA', 'Ed25519'];
    default:
      return [];
  }
}

/** Whether a name is that of an algorithm for secrets. */
export function isSecretAlgorithm(algorithm: Algorithm): algorithm is SecretAlgorithm {
  return (SECRET_ALGORITHMS as readonly Algorithm[]).includes(algorithm);
}
