/**
 * The one hash that places things: pages into buckets, fields onto shelves.
 * Source  FNV-1a (Fowler, Noll, Vo), finished with fmix32 of MurmurHash3 (Appleby), because the
 *         low bits of FNV-1a alone are uneven on short texts and buckets are taken from them.
 * H1      its values are pinned by tests: another hash would place every stored counter elsewhere.
 */
import { utf8Bytes } from './utf8.js';

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** Fewest and most buckets of a deployment; their number is a power of two. */
export const BUCKETS_MIN = 1;
export const BUCKETS_MAX = 65_536;

/** Buckets of a deployment that states no other number. */
export const BUCKETS_DEFAULT = 1024;

/** 32-bit hash of the UTF-8 bytes of a text, from 0 to 2^32 - 1. Cost O(length). */
export function hash32(text: string): number {
  let hash = OFFSET_BASIS;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Nearly all ids are ASCII, where units are bytes and nothing need be encoded.
    if (unit >= 0x80) return hashOfBytes(utf8Bytes(text));
    hash = Math.imul(hash ^ unit, PRIME);
  }
  return finish(hash);
}

/** The bucket of a page, from 0 to `buckets` - 1. */
export function bucketOf(pageId: string, buckets: number): number {
  return hash32(pageId) % buckets;
}

/** The bucket of a user, from 0 to `buckets` - 1. */
export function userBucketOf(userId: string, buckets: number): number {
  return hash32(`user:${userId}`) % buckets;
}

function hashOfBytes(bytes: Uint8Array): number {
  let hash = OFFSET_BASIS;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME);
  return finish(hash);
}

function finish(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
