/** Tokens as an identity provider makes them, with real keys. */
import { SignJWT, exportJWK, generateKeyPair, type JWK, type JWTPayload, type KeyLike } from 'jose';
import { TEST_SIGNING_KEYS } from '@headcount/testing';
import type { AuthConfig } from '../../config/auth-settings.js';
import { loadConfig, type Environment } from '../../config/load-config.js';
import { commonSettings } from '../../config/shared-settings.js';
import type { Clock } from '../../sources.js';

export const NOW_S = 1_900_000_000;

/** A secret that is long enough for HS512. */
export const SECRET = 'a secret of 64 characters, which is as long as HS512 asks for it';

/** A clock that stands until it is set. */
export class TestClock implements Clock {
  monotonic = 0;
  nowMs = (): number => NOW_S * 1000;
  monotonicMs = (): number => this.monotonic;
}

/** The settings of an app whose AUTH is jwt. */
export function jwtConfig(env: Environment): AuthConfig {
  return loadConfig(commonSettings, { AUTH: 'jwt', SIGNING_KEYS: TEST_SIGNING_KEYS, ...env });
}

/** A token with these claims. */
export function sign(
  claims: JWTPayload,
  key: KeyLike | string = SECRET,
  header: { alg?: string; kid?: string; typ?: string } = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(typeof key === 'string' ? Buffer.from(key) : key);
}

export interface TestKey {
  readonly alg: string;
  readonly privateKey: KeyLike;
  readonly publicKey: KeyLike;
  /** The public half, as it stands in a key set. */
  readonly jwk: JWK;
}

/** A new pair of keys for an algorithm. */
export async function newKey(alg: string, kid?: string): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const jwk = { ...(await exportJWK(publicKey)), alg, use: 'sig', ...(kid && { kid }) };
  return { alg, privateKey, publicKey, jwk };
}
