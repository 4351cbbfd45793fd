/**
 * Read cursors: what a user was shown of pages, to be given back as what the user has read. Opaque to whoever carries them, for
 * one user alone, signed, and good in every region of the deployment.
 *
 * Form    `<key id>.<base64url of: 0 or 1, body, 32 bytes of HMAC-SHA-256>`. Body: JSON, deflated where the byte is 1.
 */
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { VersionVector, Writer } from '@headcount/crdt';
import {
  MAC_BYTES,
  err,
  ok,
  type PageId,
  type PageUnreadValue,
  type Result,
  type ViewerId,
} from '@headcount/protocol';
import type { Keyring } from '../signing/keyring.js';

/** What a cursor says. */
export interface ReadCursor {
  /** Whether it was given for all that was unread, and not for one page. */
  readonly isWhole: boolean;
  /** What was shown of that page; undefined: the cursor does not speak of it. */
  of(pageId: PageId): VersionVector | undefined;
}

/** Most pages of one cursor, those that were modified last: it has to fit into a request of 64 KiB. */
export const CURSOR_PAGES_MAX = 1500;

/** Longest cursor taken in, in characters. */
const CURSOR_LENGTH_MAX = 60_000;
const DEFLATE_FROM = 512;
const BODY_BYTES_MAX = 1_000_000;

/** [whole or page, user, writers, [page, place of a writer, position, …] each] */
const shape = z.tuple([
  z.boolean(),
  z.string(),
  z.array(z.string()),
  z.array(z.tuple([z.string()], z.int().nonnegative())),
]);

/** Gives them out and reads them. */
export class ReadCursors {
  constructor(private readonly keyring: Keyring) {}

  /** For one page. */
  ofPage(userId: ViewerId, page: Pick<PageUnreadValue, 'pageId' | 'made'>): string {
    return this.encode(false, userId, [page]);
  }

  /** For all that is unread, or the first CURSOR_PAGES_MAX pages of it. */
  ofAll(userId: ViewerId, pages: readonly Pick<PageUnreadValue, 'pageId' | 'made'>[]): string {
    return this.encode(true, userId, pages.slice(0, CURSOR_PAGES_MAX));
  }

  /** BAD_REQUEST: it was not given out by this deployment, or for somebody else. */
  read(userId: ViewerId, text: string): Result<ReadCursor, 'BAD_REQUEST'> {
    const body = text.length > CURSOR_LENGTH_MAX ? null : this.verified(text);
    if (body === null) return err('BAD_REQUEST');
    const [isWhole, user, writers, rows] = shape.parse(JSON.parse(body));
    if (user !== shortHash(userId)) return err('BAD_REQUEST');
    const pages = new Map(rows.map(([page, ...places]) => [page, vectorOf(writers, places)]));
    return ok({ isWhole, of: (pageId) => pages.get(shortHash(pageId)) });
  }

  private encode(
    isWhole: boolean,
    userId: ViewerId,
    pages: readonly Pick<PageUnreadValue, 'pageId' | 'made'>[],
  ): string {
    const places = new Map<Writer, number>();
    const rows = pages.map(({ pageId, made }) => [
      shortHash(pageId),
      ...[...made].flatMap(([writer, position]) => {
        const place = places.get(writer) ?? places.size;
        places.set(writer, place);
        return [place, position];
      }),
    ]);
    const json = Buffer.from(
      JSON.stringify([isWhole, shortHash(userId), [...places.keys()], rows]),
    );
    const isLong = json.length >= DEFLATE_FROM;
    const signed = Buffer.concat([
      Buffer.from([isLong ? 1 : 0]),
      isLong ? deflateRawSync(json) : json,
    ]);
    const mac = this.keyring.sign(signingInput(signed));
    return `${this.keyring.keyId}.${Buffer.concat([signed, mac]).toString('base64url')}`;
  }

  /** The body of a cursor that was given out here, or null. */
  private verified(text: string): string | null {
    const dot = text.indexOf('.');
    const bytes = Buffer.from(text.slice(dot + 1), 'base64url');
    if (dot < 1 || bytes.length <= MAC_BYTES) return null;
    const [signed, mac] = [bytes.subarray(0, -MAC_BYTES), bytes.subarray(-MAC_BYTES)];
    const [keyId, input] = [text.slice(0, dot), signingInput(signed)];
    const isOurs =
      this.keyring.verify(keyId, input, mac).ok ||
      // Given out by a version before keys had roles; clients may have kept it.
      this.keyring.verifyUnderived(keyId, input, mac).ok;
    if (!isOurs) return null;
    const body = signed.subarray(1);
    const plain =
      signed[0] === 1 ? inflateRawSync(body, { maxOutputLength: BODY_BYTES_MAX }) : body;
    return plain.toString('utf8');
  }
}

/** So that nothing else that is signed with the same keys passes for a cursor. */
const signingInput = (signed: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from('headcount read cursor\n'), signed]);

/** 64 bits: among a user's pages two with one hash are not to be expected. */
const shortHash = (id: string): string =>
  createHash('sha256').update(id).digest().subarray(0, 8).toString('base64url');

function vectorOf(writers: readonly string[], places: readonly number[]): VersionVector {
  const vector = new Map<Writer, number>();
  for (let at = 0; at + 1 < places.length; at += 2) {
    const writer = writers[places[at] ?? -1];
    if (writer !== undefined) vector.set(writer as Writer, places[at + 1] ?? 0);
  }
  return vector;
}
