/** Longest close reason, in bytes of UTF-8: a control frame has 125, of which the code takes two (RFC 6455, 5.5). */
export const CLOSE_REASON_BYTES_MAX = 123;

/** A text as a close reason: cut before the first code point that does not fit. `ws` throws for a longer one. */
export function closeReason(text: string): string {
  const bytes = Buffer.alloc(CLOSE_REASON_BYTES_MAX);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return bytes.toString('utf8', 0, written);
}
