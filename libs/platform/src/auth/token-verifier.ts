import { createSecretKey, type KeyObject } from 'node:crypto';
import { Logger } from '@nestjs/common';
import {
  errors,
  jwtVerify,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  type KeyLike,
} from 'jose';
import { err, ok, type Result } from '@headcount/protocol';
import type { AuthConfig } from '../config/auth-settings.js';
import type { Clock } from '../sources.js';
import { PUBLIC_KEY_ALGORITHMS_DEFAULT, SECRET_ALGORITHMS_DEFAULT } from './algorithms.js';
import { isOfAnotherKind, livesTooLong, type LifeBounds } from './token-life.js';
import { KeysUnavailable, RemoteKeys, UnknownKey } from './remote-keys.js';

/** Longest token looked at, in characters. */
export const TOKEN_LENGTH_MAX = 4096;

/** Most keys that a token without an id of its key is tried with. */
export const KEYS_TRIED_MAX = 16;

/** Why a token is not taken. */
export type TokenRefusal =
  'KEYS_UNAVAILABLE' | 'TOKEN_EXPIRED' | 'TOKEN_NOT_YET_VALID' | 'UNAUTHENTICATED' | 'UNKNOWN_KEY';

type Verify = (keyFor: JWTVerifyGetKey) => Promise<JWTVerifyResult>;

const logger = new Logger('Tokens');

/** Verifies signature, times, issuer and audience of tokens, as the settings demand. */
export class TokenVerifier {
  private readonly verifyWith: (verify: Verify) => Promise<JWTVerifyResult>;
  private readonly demands: JWTVerifyOptions;
  private readonly life: LifeBounds | null;
  private hasWarned = false;

  /** The settings must have passed the rules of safety: exactly one key, and algorithms for it. */
  constructor(
    config: AuthConfig,
    private readonly clock: Clock,
  ) {
    this.verifyWith = keysOf(config, clock);
    this.demands = demandsOf(config);
    const { AUTH_TOKEN_SECONDS_MAX: secondsMax, AUTH_CLOCK_TOLERANCE_SECONDS: tolerance } = config;
    this.life = secondsMax === undefined ? null : { secondsMax, tolerance };
    if (config.AUTH_JWKS_URL !== undefined && config.AUTH_AUDIENCE === undefined) {
      logger.warn(
        'AUTH_JWKS_URL is set without AUTH_AUDIENCE: tokens that its issuer made for other applications are taken too',
      );
    }
  }

  /** The claims of a good token, or why there are none. Never throws. */
  async claimsOf(token: string): Promise<Result<JWTPayload, TokenRefusal>> {
    if (token.length > TOKEN_LENGTH_MAX) return err('UNAUTHENTICATED');
    const options = { ...this.demands, currentDate: new Date(this.clock.nowMs()) };
    try {
      const { payload, protectedHeader } = await this.verifyWith((keyFor) =>
        verified(token, keyFor, options),
      );
      return this.isTaken(payload, protectedHeader) ? ok(payload) : err('UNAUTHENTICATED');
    } catch (cause) {
      return err(refusalOf(cause));
    }
  }

  /** Whether a token whose signature is good is one to call with, and ends as the settings demand. */
  private isTaken(payload: JWTPayload, header: Pick<JWTHeaderParameters, 'typ'>): boolean {
    if (isOfAnotherKind(header)) return false;
    if (this.life !== null) return !livesTooLong(payload, this.clock.nowMs(), this.life);
    if (payload.exp === undefined && !this.hasWarned) {
      this.hasWarned = true;
      logger.warn(
        'a token without exp was taken, which is good for ever; set AUTH_TOKEN_SECONDS_MAX to refuse such tokens',
      );
    }
    return true;
  }
}

/** A token. Where several keys of a set fit its header, each is tried. */
async function verified(
  token: string,
  keyFor: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keyFor, options);
  } catch (cause) {
    if (!(cause instanceof errors.JWKSMultipleMatchingKeys)) throw cause;
    return tryEach(token, cause, options);
  }
}

async function tryEach(
  token: string,
  keys: AsyncIterable<KeyLike>,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  let tried = 0;
  for await (const key of keys) {
    if (tried++ === KEYS_TRIED_MAX) break;
    try {
      return await jwtVerify(token, key, options);
    } catch (cause) {
      if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

function refusalOf(cause: unknown): TokenRefusal {
  if (cause instanceof KeysUnavailable) return 'KEYS_UNAVAILABLE';
  if (cause instanceof UnknownKey) return 'UNKNOWN_KEY';
  // Times are looked at once the signature is known to be good.
  if (cause instanceof errors.JWTExpired) return 'TOKEN_EXPIRED';
  return isEarly(cause) ? 'TOKEN_NOT_YET_VALID' : 'UNAUTHENTICATED';
}

/** Whether a token was refused for its `nbf` alone, as where the clock of its issuer is ahead. */
function isEarly(cause: unknown): boolean {
  if (!(cause instanceof errors.JWTClaimValidationFailed)) return false;
  return cause.claim === 'nbf' && cause.reason === 'check_failed';
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

function keysOf(config: AuthConfig, clock: Clock): (verify: Verify) => Promise<JWTVerifyResult> {
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
