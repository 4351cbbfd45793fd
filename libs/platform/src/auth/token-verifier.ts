import { createSecretKey, type KeyObject } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { err, ok, type Result } from '@headcount/protocol';
import type { AuthConfig } from '../config/auth-settings.js';
import type { Clock } from '../sources.js';
import { PUBLIC_KEY_ALGORITHMS_DEFAULT, SECRET_ALGORITHMS_DEFAULT } from './algorithms.js';
import { KeysUnavailable, RemoteKeys } from './remote-keys.js';

/** Longest token looked at, in characters. */
export const TOKEN_LENGTH_MAX = 4096;

/** Verifies signature, times, issuer and audience of tokens, as the settings demand. */
export class TokenVerifier {
  private readonly keyFor: JWTVerifyGetKey;
  private readonly demands: JWTVerifyOptions;

  /** The settings must have passed the rules of safety: exactly one key, and algorithms for it. */
  constructor(
    config: AuthConfig,
    private readonly clock: Clock,
  ) {
    this.keyFor = keysOf(config, clock);
    this.demands = demandsOf(config);
  }

  /** The claims of a good token; or that it is none, or cannot be told from one now. Never throws. */
  async claimsOf(
    token: string,
  ): Promise<Result<JWTPayload, 'UNAUTHENTICATED' | 'KEYS_UNAVAILABLE'>> {
    if (token.length > TOKEN_LENGTH_MAX) return err('UNAUTHENTICATED');
    try {
      const currentDate = new Date(this.clock.nowMs());
      return ok((await jwtVerify(token, this.keyFor, { ...this.demands, currentDate })).payload);
    } catch (cause) {
      return err(cause instanceof KeysUnavailable ? 'KEYS_UNAVAILABLE' : 'UNAUTHENTICATED');
    }
  }
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

function keysOf(config: AuthConfig, clock: Clock): JWTVerifyGetKey {
  const { AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY, AUTH_JWKS_URL } = config;
  if (AUTH_JWT_SECRET !== undefined) return always(createSecretKey(AUTH_JWT_SECRET, 'utf8'));
  if (AUTH_JWT_PUBLIC_KEY !== undefined) return always(AUTH_JWT_PUBLIC_KEY);
  if (AUTH_JWKS_URL === undefined) throw new Error('the rules of safety demand a key');
  const logger = new Logger('RemoteKeys');
  const onFailure = (why: string): void =>
    logger.warn({ why }, 'the keys of AUTH_JWKS_URL cannot be had');
  return new RemoteKeys({ url: AUTH_JWKS_URL, clock, onFailure }).keyFor;
}

const always =
  (key: KeyObject): JWTVerifyGetKey =>
  () =>
    Promise.resolve(key);
