import { allowsOrigin, type OriginPolicy } from '@headcount/platform';

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
export function allowsPage(policy: OriginPolicy, { host, origin, site }: AskedFrom): boolean {
  if (origin !== undefined) return allowsOrigin(policy, origin, host);
  return policy.any || (site !== 'cross-site' && site !== 'same-site');
}
