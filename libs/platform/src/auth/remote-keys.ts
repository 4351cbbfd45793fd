import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Agent, request } from 'undici';
import type { Clock } from '../sources.js';
import { decodeContent } from './decode-content.js';

export interface RemoteKeysOptions {
  /** Where the set is (RFC 7517, 5). */
  readonly url: string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Told each time that the set could not be had, with the reason. */
  readonly onFailure: (why: string) => void;
  /** From the first byte sent to the last one received, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
}

/** Age from which a set is fetched again, in milliseconds. Tokens are verified with the old one meanwhile. */
export const FRESH_MS = 10 * 60_000;

/**
 * How long a set is taken where its address does not answer, in milliseconds: a provider that is
 * away for a while locks nobody out, yet a key that was taken back does not live for ever.
 */
export const HELD_MS_MAX = 60 * 60_000;

/** Pause after a set has arrived: tokens with made-up key ids make us ask no more often. */
export const PAUSE_MS = 30_000;

/** Pause after a failure. */
export const RETRY_MS = 1000;

/** Largest set taken in, in bytes. */
export const SET_BYTES_MAX = 262_144;

/** Thrown where it cannot be said which keys are good: the address does not answer as it should. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** Thrown where no key of the set verifies a token. Its issuer may have changed the keys since, so a new token may be good. */
export class UnknownKey extends Error {
  override readonly name = 'UnknownKey';
}

/**
 * The public keys at an address. The set is fetched when a token first needs one, when the set is old, and when no key of it
 * verifies a token, as after a rotation. `jose` chooses the key. Its own fetching is not used: it waits for ever for a body
 * that stalls, asks without a pause while the address fails, drops good keys then, and reads the time by itself.
 */
export class RemoteKeys {
  private readonly agent = new Agent({ maxResponseSize: SET_BYTES_MAX });
  private held: { readonly keyFor: JWTVerifyGetKey; readonly sinceMs: number } | null = null;
  private asking: Promise<void> | null = null;
  private mayAskAtMs = -Infinity;
  /** Whether the address failed when it was asked last. */
  private hasFailed = false;

  constructor(private readonly options: RemoteKeysOptions) {}

  /**
   * Resolves with what `verify` makes of the keys. An old set is replaced in the background, so a slow address delays only the
   * first tokens and those that no key verifies. Throws UnknownKey for the latter; KeysUnavailable where the address fails,
   * as the key may be a new one; else what `verify` throws.
   */
  async verifyWith<T>(verify: (keyFor: JWTVerifyGetKey) => Promise<T>): Promise<T> {
    let tried: JWTVerifyGetKey | null = null;
    try {
      // `jose` asks for a key only for a token that a key could make good.
      return await verify(async (header, token) => {
        tried = await this.keys();
        return tried(header, token);
      });
    } catch (cause) {
      if (!isOfTheKey(cause)) throw cause;
      await this.ask();
      const newest = this.current();
      if (newest === tried) throw this.noKey();
      return await verify(newest).catch((again: unknown) => {
        throw isOfTheKey(again) ? this.noKey() : again;
      });
    }
  }

  /** The keys that are held. Waits for those at the address only where none are. */
  private async keys(): Promise<JWTVerifyGetKey> {
    if (this.ageMs() >= HELD_MS_MAX) await this.ask();
    else if (this.ageMs() >= FRESH_MS) void this.ask();
    return this.current();
  }

  private noKey(): Error {
    return this.hasFailed
      ? new KeysUnavailable('the key may be a new one')
      : new UnknownKey('no key of the set verifies the token');
  }

  private current(): JWTVerifyGetKey {
    if (this.held === null || this.ageMs() >= HELD_MS_MAX)
      throw new KeysUnavailable('there are no keys');
    return this.held.keyFor;
  }

  private ageMs(): number {
    return this.held === null ? Infinity : this.options.clock.monotonicMs() - this.held.sinceMs;
  }

  /** Fetches the set, unless that is under way or it is too early to ask again. */
  private ask(): Promise<void> {
    if (this.asking === null && this.options.clock.monotonicMs() >= this.mayAskAtMs) {
      this.asking = this.refresh().finally(() => {
        this.asking = null;
      });
    }
    return this.asking ?? Promise.resolve();
  }

  private async refresh(): Promise<void> {
    const { clock, onFailure } = this.options;
    // A key that is taken back while the answer is under way counts as held from before it.
    const sinceMs = clock.monotonicMs();
    try {
      this.held = { keyFor: keysOf(await this.fetchSet()), sinceMs };
      this.mayAskAtMs = clock.monotonicMs() + PAUSE_MS;
      this.hasFailed = false;
    } catch (cause) {
      this.mayAskAtMs = clock.monotonicMs() + RETRY_MS;
      this.hasFailed = true;
      onFailure(cause instanceof Error ? cause.message : String(cause));
    }
  }

  /** Redirects are not followed: they could lead to an address that was not allowed. */
  private async fetchSet(): Promise<JSONWebKeySet> {
    const { url, timeoutMs = 5000 } = this.options;
    const { statusCode, headers, body } = await request(url, {
      dispatcher: this.agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json', 'accept-encoding': 'identity' },
      // Minutes pass before the next one, so the connection is not kept.
      reset: true,
    });
    const bytes = Buffer.from(await body.arrayBuffer());
    if (statusCode !== 200) throw new Error(`the status is ${statusCode}`);
    const text = decodeContent(bytes, headers['content-encoding'], SET_BYTES_MAX).toString();
    // Whether it is a set is checked by createLocalJWKSet.
    return JSON.parse(text) as JSONWebKeySet;
  }
}

/** The keys of a set. A key without an id may have made any token: `kid` is a hint alone (RFC 7515, 4.1.4). */
function keysOf(set: JSONWebKeySet): JWTVerifyGetKey {
  const all = createLocalJWKSet(set);
  const unnamed = createLocalJWKSet({ keys: set.keys.filter(({ kid }) => kid === undefined) });
  return async (header, token) => {
    try {
      return await all(header, token);
    } catch (cause) {
      if (!(cause instanceof errors.JWKSNoMatchingKey) || header?.kid === undefined) throw cause;
      return unnamed({ alg: header.alg }, token);
    }
  };
}

/** Whether another key might have verified the token. */
const isOfTheKey = (cause: unknown): boolean =>
  cause instanceof errors.JWKSNoMatchingKey ||
  cause instanceof errors.JWSSignatureVerificationFailed;
