import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** Content codings (RFC 9110, 8.4.1) that are undone. */
const CODINGS = new Map<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>([
  ['br', brotliDecompressSync],
  ['deflate', inflateSync],
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
]);

/**
 * The content of a body, from the codings that `Content-Encoding` lists. Some servers compress also what was asked for as
 * `identity`. Throws for a coding that is not known, bytes that are not of it, and content of more than `bytesMax` bytes.
 */
export function decodeContent(
  bytes: Buffer,
  encoding: string | readonly string[] | undefined,
  bytesMax: number,
): Buffer {
  const codings = [encoding ?? []].flat().join(',').toLowerCase().split(',');
  // They are listed in the order in which they were applied.
  return codings
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
    .reduceRight((content, coding) => {
      const decode = CODINGS.get(coding);
      if (decode === undefined) throw new Error(`the content is encoded as ${coding}`);
      return decode(content, { maxOutputLength: bytesMax });
    }, bytes);
}
