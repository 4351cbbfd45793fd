import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Agent, request } from 'undici';
import type { Clock } from '../sources.js';

export interface RemoteKeysOptions {
  /** Where the set is (RFC 7517, 5). */
  readonly url: string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Told each time that the set could not be had, with the reason. */
  readonly onFailure: (why: string) => void;
  /** From the first byte sent to the last one received, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
}

/** How long a set is taken without a look whether it has changed, in milliseconds. */
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

type KeyOfToken = Awaited<ReturnType<JWTVerifyGetKey>>;

/** Thrown where it cannot be said which keys are good: the address does not answer as it should. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * The public keys at an address, fetched when a token first needs one, when they are old, and when
 * a token names a key that is not among them, as after a rotation. `jose` chooses the key; its own
 * fetching is not used, since it waits for ever for a body that stalls, asks without a pause while
 * the address fails, drops good keys then, and reads the time by itself.
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
   * The key for a token, as `jose` calls it. Throws where there is none; KeysUnavailable where that may be because the
   * address fails.
   */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    if (this.ageMs() >= FRESH_MS) await this.ask();
    try {
      return await this.current()(header, token);
    } catch (cause) {
      if (!(cause instanceof errors.JWKSNoMatchingKey)) throw cause;
      await this.ask();
      return this.newest(header, token);
    }
  };

  /** The key of the set as it is now. One that is not in it may be in the one that cannot be had. */
  private async newest(...[header, token]: Parameters<JWTVerifyGetKey>): Promise<KeyOfToken> {
    try {
      return await this.current()(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey && this.hasFailed)
        throw new KeysUnavailable('the key may be a new one');
      throw cause;
    }
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
      const keyFor = createLocalJWKSet(await this.fetchSet());
      this.held = { keyFor, sinceMs };
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
    const { statusCode, body } = await request(url, {
      dispatcher: this.agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json' },
      // Minutes pass before the next one, so the connection is not kept.
      reset: true,
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`the status is ${statusCode}`);
    // Whether it is a set is checked by createLocalJWKSet.
    return JSON.parse(text) as JSONWebKeySet;
  }
}
