const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The UTF-8 bytes of a text. A lone surrogate becomes U+FFFD, so parse ids before they get here.
 */
export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The length of a text in UTF-8 bytes. Cost O(length), without a copy. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // A pair of surrogates is four bytes for two units, so each half counts one more than its unit.
    length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return length;
}

/** The text of UTF-8 bytes, or null where they are no UTF-8. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
