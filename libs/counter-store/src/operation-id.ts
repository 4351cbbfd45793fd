/**
 * The id under which an operation is stored: its key within the namespace of its caller and its page. So two callers with the same
 * key are two operations, and no caller can use up, or ask for, the key of another. The page belongs to it because ids are kept
 * bucket by bucket: with it the number of buckets makes no difference.
 *
 * O1  a stored id is the same in all regions: it depends on caller, page and key alone.
 * O2  no key of a client is a stored id, for a key does not begin with a space. Ids of events (`event:…`) are no stored ids either,
 *     so no client reaches them.
 */
import { hash } from 'node:crypto';
import { hash32 } from '@headcount/protocol';

/** An operation as the store knows it. */
export interface KeyedOperation {
  /** At most 31 characters. */
  readonly id: string;
  /** The id under which versions without namespaces have stored it; null: they cannot have. */
  readonly formerId: string | null;
}

/** 132 bits. */
const DIGEST_CHARACTERS = 22;
/** Holds 32 bits in base 36. operation-ids.lua counts the ids of a viewer by this tag. */
const TAG_CHARACTERS = 7;
const VIEWER = 'viewer ';

/**
 * The operation of a caller on a page. `callerKey` as callerKeyOf gives it: `viewer ann`, `service cms`, or null for the anonymous
 * caller. `place` is that within a batch whose changes share one key; no key of a single change collides with it. One SHA-256.
 */
export function keyedOperation(
  callerKey: string | null,
  pageId: string,
  key: string,
  place?: number,
): KeyedOperation {
  // Neither caller nor page nor key can hold a line break.
  const parts = [callerKey ?? '', pageId, ...(place === undefined ? [] : [place]), key];
  const digest = hash('sha256', parts.join('\n'), 'base64url').slice(0, DIGEST_CHARACTERS);
  const formerId = place === undefined ? key : `${key}.${place}`;
  return {
    id: `${prefixOf(callerKey)}${digest}`,
    formerId: formerId.startsWith('event:') ? null : formerId,
  };
}

/** ` v` and the viewer's tag, ` s` for a service, ` a` for the anonymous caller. */
function prefixOf(callerKey: string | null): string {
  if (callerKey === null) return ' a';
  if (!callerKey.startsWith(VIEWER)) return ' s';
  return ` v${hash32(callerKey).toString(36).padStart(TAG_CHARACTERS, '0')}`;
}
