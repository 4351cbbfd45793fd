import { createSecretKey, type KeyObject } from 'node:crypto';
import { Logger } from '@nestjs/common';
import {
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type KeyLike,
} from 'jose';
import { err, ok, type Result } from '@headcount/protocol';
import type { AuthConfig } from '../config/auth-settings.js';
import type { Clock } from '../sources.js';
import { PUBLIC_KEY_ALGORITHMS_DEFAULT, SECRET_ALGORITHMS_DEFAULT } from './algorithms.js';
import { KeysUnavailable, RemoteKeys, UnknownKey } from './remote-keys.js';

/** Longest token looked at, in characters. */
export const TOKEN_LENGTH_MAX = 4096;

/** Most keys that a token without an id of its key is tried with. */
export const KEYS_TRIED_MAX = 16;

/** Why a token is not taken. */
export type TokenRefusal = 'UNAUTHENTICATED' | 'UNKNOWN_KEY' | 'KEYS_UNAVAILABLE';

type Verify = (keyFor: JWTVerifyGetKey) => Promise<JWTPayload>;

/** Verifies signature, times, issuer and audience of tokens, as the settings demand. */
export class TokenVerifier {
  private readonly verifyWith: (verify: Verify) => Promise<JWTPayload>;
  private readonly demands: JWTVerifyOptions;

  /** The settings must have passed the rules of safety: exactly one key, and algorithms for it. */
  constructor(
    config: AuthConfig,
    private readonly clock: Clock,
  ) {
    this.verifyWith = keysOf(config, clock);
    this.demands = demandsOf(config);
  }

  /** The claims of a good token, or why there are none. Never throws. */
  async claimsOf(token: string): Promise<Result<JWTPayload, TokenRefusal>> {
    if (token.length > TOKEN_LENGTH_MAX) return err('UNAUTHENTICATED');
    const options = { ...this.demands, currentDate: new Date(this.clock.nowMs()) };
    try {
      return ok(await this.verifyWith((keyFor) => payloadOf(token, keyFor, options)));
    } catch (cause) {
      return err(refusalOf(cause));
    }
  }
}

/** The claims of a token. Where several keys of a set fit its header, each is tried. */
async function payloadOf(
  token: string,
  keyFor: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keyFor, options)).payload;
  } catch (cause) {
    if (!(cause instanceof errors.JWKSMultipleMatchingKeys)) throw cause;
    return tryEach(token, cause, options);
  }
}

async function tryEach(
  token: string,
  keys: AsyncIterable<KeyLike>,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  let tried = 0;
  for await (const key of keys) {
    if (tried++ === KEYS_TRIED_MAX) break;
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (cause) {
      if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

function refusalOf(cause: unknown): TokenRefusal {
  if (cause instanceof KeysUnavailable) return 'KEYS_UNAVAILABLE';
  return cause instanceof UnknownKey ? 'UNKNOWN_KEY' : 'UNAUTHENTICATED';
}

function demandsOf(config: AuthConfig): JWTVerifyOptions {
  const { AUTH_JWT_SECRET: secret, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = config;
  const preset = secret === undefined ? PUBLIC_KEY_ALGORITHMS_DEFAULT : SECRET_ALGORITHMS_DEFAULT;
  return {
    // Without a list jose would take any algorithm that the key can do.
    algorithms: [...(config.AUTH_ALGORITHMS ?? preset)],
    clockTolerance: config.AUTH_CLOCK_TOLERANCE_SECONDS,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
}

function keysOf(config: AuthConfig, clock: Clock): (verify: Verify) => Promise<JWTPayload> {
  const { AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY, AUTH_JWKS_URL } = config;
  if (AUTH_JWT_SECRET !== undefined) return always(createSecretKey(AUTH_JWT_SECRET, 'utf8'));
  if (AUTH_JWT_PUBLIC_KEY !== undefined) return always(AUTH_JWT_PUBLIC_KEY);
  if (AUTH_JWKS_URL === undefined) throw new Error('the rules of safety demand a key');
  const logger = new Logger('RemoteKeys');
  const onFailure = (why: string): void =>
    logger.warn({ why }, 'the keys of AUTH_JWKS_URL cannot be had');
  const keys = new RemoteKeys({ url: AUTH_JWKS_URL, clock, onFailure });
  return (verify) => keys.verifyWith(verify);
}

const always = (key: KeyObject) => (verify: Verify) => verify(() => Promise.resolve(key));
