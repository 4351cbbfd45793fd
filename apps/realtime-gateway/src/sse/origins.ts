/** Whose pages may read streams: the same as may open a socket. */
export interface StreamOrigins {
  readonly any: boolean;
  readonly listed: readonly string[];
}

/** A request, as far as it tells which page a browser made it for. */
export interface AskedFrom {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`. */
  readonly site: string | undefined;
}

/**
 * Whether a request may have a stream. What is no browser says nothing of an origin and may: the
 * check protects browsers' users from foreign pages.
 * A page may also have a browser fetch without an origin (`no-cors`). It would see nothing of the
 * answer, but its user would be present; so the browser's word on the site counts as well.
 */
export function allowsOrigin(
  { any, listed }: StreamOrigins,
  { host, origin, site }: AskedFrom,
): boolean {
  if (any) return true;
  if (origin === undefined) return site !== 'cross-site' && site !== 'same-site';
  if (listed.includes(origin)) return true;
  return listed.length === 0 && URL.canParse(origin) && new URL(origin).host === host;
}
