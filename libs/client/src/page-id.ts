/**
 * A page id as it is meant: that of a link or of `location.pathname` is percent-encoded, and no page id has a `%`. White space
 * around it comes from templates. What cannot be decoded stays, for the gateway to refuse.
 */
export function meantPageId(raw: string): string {
  const text = raw.trim();
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
