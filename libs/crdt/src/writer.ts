/**
 * Who writes: a region in one of its incarnations. Only that region writes under this name, one change after the
 * other, so what two machines hold of one writer is always an earlier and a later state of the same thing.
 *
 * Shape   a writer is the text `region/incarnation`. Branded, so that no other text passes for one unchecked.
 * Order   of text: a total order that every machine agrees on; it means nothing beyond that.
 * W1      a region is 1 to 32 of a-z, 0-9 and -; an incarnation is 20 hex digits (position.ts).
 */
import { err, ok, type Result } from './result.js';

declare const brand: unique symbol;

/** Names one Redis deployment with its apps. */
export type Region = string & { readonly [brand]: 'Region' };

/** Names a region in one of its incarnations. */
export type Writer = string & { readonly [brand]: 'Writer' };

const REGION = /^[a-z0-9-]{1,32}$/;
const INCARNATION = /^[0-9a-f]{20}$/;
const WRITER = /^[a-z0-9-]{1,32}\/[0-9a-f]{20}$/;

/** The region of this name, or the refusal of a name that W1 does not allow. */
export function regionNamed(name: string): Result<Region, 'BAD_REGION'> {
  return isRegion(name) ? ok(name) : err('BAD_REGION');
}

/** The writer that `region` is in `incarnation`, or the refusal of an incarnation that W1 does not allow. */
export function writerOf(region: Region, incarnation: string): Result<Writer, 'BAD_INCARNATION'> {
  const writer = `${region}/${incarnation}`;
  return isWriter(writer) ? ok(writer) : err('BAD_INCARNATION');
}

/** The region that `writer` is an incarnation of. */
export function regionOf(writer: Writer): Region {
  return writer.slice(0, writer.indexOf('/')) as Region;
}

/** The incarnation that `writer` writes in. */
export function incarnationOf(writer: Writer): string {
  return writer.slice(writer.indexOf('/') + 1);
}

/** Whether `input` names an incarnation. Incarnations are compared as text, so '' passes for none before all. */
export function isIncarnation(input: unknown): input is string {
  return typeof input === 'string' && INCARNATION.test(input);
}

function isRegion(input: unknown): input is Region {
  return typeof input === 'string' && REGION.test(input);
}

/** Whether `input` names a writer. */
export function isWriter(input: unknown): input is Writer {
  return typeof input === 'string' && WRITER.test(input);
}
