/** Keys of back ends: random texts that are known here by their digest alone (docs/auth.md). */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Service } from './subject.js';

/** What an API key begins with; no JSON Web Token does. */
export const API_KEY_PREFIX = 'hck_';

/** The prefix and 256 random bits in base64url. */
const SHAPE = /^hck_[A-Za-z0-9_-]{43}$/;

/** A key as the settings have it. */
export interface ApiKey {
  /** SHA-256 of the key. Nobody can try out 2^256 keys, so a slow hash would protect no better. */
  readonly digest: Buffer;
  /** Whoever shows the key. */
  readonly service: Service;
}

/** Finds out which back end shows a key. */
export class ApiKeys {
  constructor(private readonly keys: readonly ApiKey[]) {}

  /** The back end, or null for a key that is not among the settings. Cost O(keys), whichever it is. */
  serviceOf(key: string): Service | null {
    if (!SHAPE.test(key)) return null;
    const digest = createHash('sha256').update(key).digest();
    let found: Service | null = null;
    // All are compared, so that the time that it takes tells of none.
    for (const one of this.keys) if (timingSafeEqual(digest, one.digest)) found = one.service;
    return found;
  }
}
